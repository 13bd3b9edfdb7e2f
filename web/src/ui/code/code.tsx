import type { ReactNode } from 'react';
import styles from './code.module.css';
import { CopyButton } from './copy-button.tsx';

/** Lines of a program or a payload, with a button that copies them. They are read from the left in every language. */
export function Code({ children, label }: { children: string; label: string }): ReactNode {
  return (
    <div className={styles.block}>
      {/* biome-ignore lint/a11y/noNoninteractiveTabindex: whoever has no mouse scrolls it by keys */}
      <section className={styles.lines} dir="ltr" tabIndex={0} aria-label={label}>
        <pre>
          <code>{children}</code>
        </pre>
      </section>
      <div className={styles.copy}>
        <CopyButton text={children} />
      </div>
    </div>
  );
}

/** An id, a number, a key: in monospace, never mirrored, with a button that copies it. */
export function Id({ value, shown = value }: { value: string; shown?: string }): ReactNode {
  return (
    <span className={styles.id}>
      <code dir="ltr">{shown}</code>
      <CopyButton text={value} />
    </span>
  );
}

/** A phone number, read from the left in every language. */
export function Phone({ number }: { number: string }): ReactNode {
  return (
    <bdi dir="ltr" className={styles.phone}>
      +{number.replace(/^\+/, '')}
    </bdi>
  );
}
