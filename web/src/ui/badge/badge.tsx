import {
  CircleCheck,
  CircleDashed,
  CircleSlash,
  CircleX,
  type LucideIcon,
  TriangleAlert,
} from 'lucide-react';
import type { ReactNode } from 'react';
import styles from './badge.module.css';

/** The five hues of states; each has a picture, so that none is told by its colour alone. */
export type Hue = 'ok' | 'waiting' | 'warning' | 'failed' | 'off';

const pictures: Record<Hue, LucideIcon> = {
  ok: CircleCheck,
  waiting: CircleDashed,
  warning: TriangleAlert,
  failed: CircleX,
  off: CircleSlash,
};

/** The state of a thing: `<Badge hue="ok">Connected</Badge>`. */
export function Badge({
  hue,
  icon,
  children,
}: {
  hue: Hue;
  icon?: LucideIcon;
  children: ReactNode;
}): ReactNode {
  const Picture = icon ?? pictures[hue];
  return (
    <span className={`${styles.badge} ${styles[hue]}`}>
      <Picture aria-hidden size={14} />
      {children}
    </span>
  );
}

/** A word that was put on a thing: a label, a tag, a kind. */
export function Tag({ children }: { children: ReactNode }): ReactNode {
  return <span className={styles.tag}>{children}</span>;
}
