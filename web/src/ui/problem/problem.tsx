import { MultiWaError } from '@multiwa/sdk';
import { CircleAlert } from 'lucide-react';
import { type ReactNode, useEffect, useState } from 'react';
import { sentenceOf, useWords } from '../../words/index.ts';
import { Button } from '../button/button.tsx';
import { CopyButton } from '../code/copy-button.tsx';
import styles from './problem.module.css';

/** What went wrong in a whole panel: its sentence, code and request, and what can be done now. */
export function Problem({
  error,
  again,
}: {
  error: unknown;
  again?: (() => unknown) | undefined;
}): ReactNode {
  const t = useWords('ui');
  const known = error instanceof MultiWaError ? error : undefined;
  const waits = useCountdown(known?.retryAfterSeconds);
  return (
    <div className={styles.problem} role="alert">
      <CircleAlert aria-hidden size={20} className={styles.icon} />
      <div className={styles.words}>
        <p className={styles.sentence}>{sentenceOf(error)}</p>
        {known && <Marks error={known} />}
        {again && (
          <div>
            <Button size="small" isDisabled={waits > 0} onClick={again}>
              {waits > 0 ? t('againIn', { count: waits }) : t('again')}
            </Button>
          </div>
        )}
      </div>
    </div>
  );
}

/** The same in one line, above the button of a form. */
export function ProblemLine({ error }: { error: unknown }): ReactNode {
  const known = error instanceof MultiWaError ? error : undefined;
  return (
    <div className={styles.line} role="alert">
      <CircleAlert aria-hidden size={16} className={styles.icon} />
      <div className={styles.words}>
        <p>{sentenceOf(error)}</p>
        {known?.details.map(({ path, problem }) => (
          <p key={`${path} ${problem}`}>
            <code>{path}</code> {problem}
          </p>
        ))}
      </div>
    </div>
  );
}

function Marks({ error: { code, requestId } }: { error: MultiWaError }): ReactNode {
  const t = useWords('ui');
  return (
    <p className={styles.marks}>
      <a href={`/api/docs/errors#${code}`} target="_blank" rel="noopener noreferrer">
        <code>{code}</code>
      </a>
      {requestId && (
        <span>
          {t('request')} <code>{requestId}</code> <CopyButton text={requestId} />
        </span>
      )}
    </p>
  );
}

function useCountdown(seconds = 0): number {
  const [left, setLeft] = useState(seconds);
  useEffect(() => {
    setLeft(seconds);
    if (seconds <= 0) return;
    const ticking = setInterval(() => setLeft((now) => Math.max(0, now - 1)), 1_000);
    return () => clearInterval(ticking);
  }, [seconds]);
  return left;
}
