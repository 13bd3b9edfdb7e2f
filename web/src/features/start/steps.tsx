import { Check } from 'lucide-react';
import type { ReactNode } from 'react';
import { useWords } from '../../words/index.ts';
import styles from './start.module.css';
import { startWords } from './words/index.ts';

const steps = ['link', 'talk', 'next'] as const;

/** How far one has come. */
export function Steps({ at }: { at: (typeof steps)[number] }): ReactNode {
  const t = useWords(startWords);
  const now = steps.indexOf(at);
  return (
    <ol className={styles.steps} aria-label={t('steps.label')}>
      {steps.map((step, index) => (
        <li key={step} aria-current={index === now ? 'step' : undefined} data-done={index < now || undefined}>
          <span aria-hidden className={styles.dot}>
            {index < now ? <Check size={14} /> : index + 1}
          </span>
          {t(`steps.${step}`)}
        </li>
      ))}
    </ol>
  );
}
