import { type ReactNode, useEffect } from 'react';
import styles from './page.module.css';

/** A page with its heading, which is the title of the tab as well. `actions` are what the page is for, first the main one. */
export function Page({
  title,
  hint,
  actions,
  width = 'wide',
  children,
}: {
  title: string;
  hint?: ReactNode;
  actions?: ReactNode;
  /** `narrow`: forms. `full`: it fills the height and scrolls inside. */
  width?: 'narrow' | 'wide' | 'full';
  children: ReactNode;
}): ReactNode {
  useEffect(() => {
    document.title = `${title} · MultiWA`;
  }, [title]);
  return (
    <div className={`${styles.page} ${styles[width]}`}>
      <header className={styles.head}>
        <div>
          <h1 tabIndex={-1} data-page-title>
            {title}
          </h1>
          {hint && <p className={styles.hint}>{hint}</p>}
        </div>
        {actions && <div className={styles.actions}>{actions}</div>}
      </header>
      {children}
    </div>
  );
}
