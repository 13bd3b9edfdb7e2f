import type { LucideIcon } from 'lucide-react';
import type { ReactNode } from 'react';
import styles from './empty.module.css';

/** Nothing is here yet: one sentence what it is for, and what to do (a button, a link to the reference). */
export function Empty({
  icon: Icon,
  title,
  children,
  actions,
}: {
  icon?: LucideIcon;
  title: ReactNode;
  children?: ReactNode;
  actions?: ReactNode;
}): ReactNode {
  return (
    <div className={styles.empty}>
      {Icon && <Icon aria-hidden size={28} className={styles.icon} />}
      <h2>{title}</h2>
      {children && <p className={styles.words}>{children}</p>}
      {actions && <div className={styles.actions}>{actions}</div>}
    </div>
  );
}
