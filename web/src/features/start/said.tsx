import type { Message } from '@multiwa/sdk';
import { Check, CheckCheck, CircleX, Clock, type LucideIcon } from 'lucide-react';
import type { ReactNode } from 'react';
import { formatClock, useWords } from '../../words/index.ts';
import styles from './start.module.css';
import { startWords } from './words/index.ts';

type State = Message['status'] | 'saving';

const pictures: Record<State, LucideIcon | undefined> = {
  saving: Clock,
  queued: Clock,
  sending: Clock,
  sent: Check,
  delivered: CheckCheck,
  read: CheckCheck,
  played: CheckCheck,
  failed: CircleX,
  expired: CircleX,
  cancelled: CircleX,
  received: undefined,
};

/** A message with how far it has come, in a picture and a word. */
export function Said({
  text,
  isOwn,
  at,
  status,
  why,
}: {
  text: string;
  isOwn: boolean;
  at?: string;
  status: State;
  why?: string | null;
}): ReactNode {
  const t = useWords(startWords);
  const Picture = pictures[status];
  return (
    <div className={`${styles.said} ${isOwn ? styles.own : ''}`}>
      <span className={styles.text}>{text}</span>
      {why && <span className={styles.bad}>{why}</span>}
      <span className={styles.foot}>
        {at && <time dateTime={at}>{formatClock(at)}</time>}
        {isOwn && (
          <span className={styles.status} data-status={status}>
            {Picture && <Picture aria-hidden size={14} />} {t(`states.${status}`)}
          </span>
        )}
      </span>
    </div>
  );
}
