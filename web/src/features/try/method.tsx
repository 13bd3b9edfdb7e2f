import type { ReactNode } from 'react';
import styles from './try.module.css';

/** GET, POST and the like; the word says it, the hue helps. */
export function Method({ of }: { of: string }): ReactNode {
  return (
    <code className={styles.method} data-method={of}>
      {of}
    </code>
  );
}
