import { CircleAlert, Info, type LucideIcon, TriangleAlert } from 'lucide-react';
import type { ReactNode } from 'react';
import styles from './banner.module.css';

const pictures = { info: Info, warning: TriangleAlert, failed: CircleAlert } satisfies Record<
  string,
  LucideIcon
>;

/** What must be known before one goes on, with what can be done about it. */
export function Banner({
  kind = 'info',
  actions,
  children,
}: {
  kind?: keyof typeof pictures;
  actions?: ReactNode;
  children: ReactNode;
}): ReactNode {
  const Picture = pictures[kind];
  return (
    <div className={`${styles.banner} ${styles[kind]}`} role="status">
      <Picture aria-hidden size={18} className={styles.icon} />
      <div className={styles.words}>{children}</div>
      {actions && <div className={styles.actions}>{actions}</div>}
    </div>
  );
}
