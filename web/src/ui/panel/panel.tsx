import { type ReactNode, useId } from 'react';
import { Boundary } from './boundary.tsx';
import styles from './panel.module.css';

/** A part of a page with a heading; what fails in it leaves the others alone. `isFlush`: tables reach its edges. */
export function Panel({
  title,
  hint,
  actions,
  isFlush = false,
  children,
}: {
  title?: ReactNode;
  hint?: ReactNode;
  actions?: ReactNode;
  isFlush?: boolean;
  children: ReactNode;
}): ReactNode {
  const id = useId();
  return (
    <section className={styles.panel} aria-labelledby={title ? id : undefined}>
      {(title || actions) && (
        <div className={styles.head}>
          <div>
            {title && <h2 id={id}>{title}</h2>}
            {hint && <p className={styles.hint}>{hint}</p>}
          </div>
          {actions && <div className={styles.actions}>{actions}</div>}
        </div>
      )}
      <div className={isFlush ? styles.flush : styles.body}>
        <Boundary>{children}</Boundary>
      </div>
    </section>
  );
}
