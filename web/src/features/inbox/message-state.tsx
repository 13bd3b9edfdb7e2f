import type { Message } from '@multiwa/sdk';
import {
  Ban,
  Check,
  CheckCheck,
  CircleAlert,
  Clock,
  CloudOff,
  Hourglass,
  LoaderCircle,
  type LucideIcon,
  Mic,
} from 'lucide-react';
import type { ReactNode } from 'react';
import { formatPercent, useWords } from '../../words/index.ts';
import styles from './message-state.module.css';
import type { Pending } from './outbox.ts';
import { inboxWords } from './words/index.ts';

type State = Message['status'] | Pending['state'];

const pictures: Record<State, LucideIcon> = {
  ...{ saving: LoaderCircle, uploading: LoaderCircle, waiting: CloudOff, refused: CircleAlert },
  ...{ queued: Clock, sending: Clock, sent: Check, delivered: CheckCheck, read: CheckCheck, played: Mic },
  ...{ failed: CircleAlert, expired: Hourglass, cancelled: Ban, received: Check },
};

/** What is known of a message of ours: a picture, and the same in words. */
export function MessageState({ state, progress = 0 }: { state: State; progress?: number }): ReactNode {
  const t = useWords(inboxWords);
  const Picture = pictures[state];
  const words = t(`state.${state}`, { share: formatPercent(progress) });
  return (
    <span className={`${styles.state} ${styles[state] ?? ''}`} role="img" aria-label={words} title={words}>
      <Picture aria-hidden size={14} />
    </span>
  );
}
