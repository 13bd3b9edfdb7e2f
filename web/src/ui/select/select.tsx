import { ChevronsUpDown } from 'lucide-react';
import { lazy, type ReactNode, Suspense } from 'react';
import styles from './select.module.css';
import type { SelectProps } from './select-props.ts';

const OpenSelect = lazy(() => import('./open-select.tsx').then((file) => ({ default: file.OpenSelect })));

/**
 * One of a few, opened by click, arrows or the first letters. What is chosen is there at once; what opens it follows, as
 * nobody chooses anew before the page is there.
 */
export function Select<Value extends string>(props: SelectProps<Value>): ReactNode {
  const { value, choices, onChange } = props;
  return (
    <Suspense
      fallback={
        <span className={styles.trigger} aria-hidden>
          <span className={styles.value}>{choices.find((choice) => choice.value === value)?.label}</span>
          <span className={styles.icon}>
            <ChevronsUpDown aria-hidden size={14} />
          </span>
        </span>
      }
    >
      <OpenSelect {...props} onChange={(next) => onChange(next as Value)} />
    </Suspense>
  );
}
