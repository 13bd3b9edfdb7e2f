import type { ConversationItem } from '@multiwa/sdk';
import { Link } from '@tanstack/react-router';
import { BellOff, CircleAlert, Pin } from 'lucide-react';
import { memo, type ReactNode } from 'react';
import type { useListKeys } from '../../ui/index.ts';
import { formatNumber, useWords } from '../../words/index.ts';
import { Avatar } from './avatar.tsx';
import styles from './conversation-row.module.css';
import { MessageState } from './message-state.tsx';
import { nameOf } from './names.ts';
import { OneLine } from './one-line.tsx';
import { shortWhen } from './when.ts';
import { inboxWords } from './words/index.ts';

/** A conversation in the list: who, what was said last, when, and what is unread. */
export const ConversationRow = memo(function ConversationRow({
  item,
  profileName,
  hasDraft,
  isOpen,
  keys,
}: {
  item: ConversationItem;
  /** Where several profiles are shown. */
  profileName: string | undefined;
  hasDraft: boolean;
  isOpen: boolean;
  /** Ties it to the keys of the list. */
  keys: Omit<ReturnType<ReturnType<typeof useListKeys>['rowProps']>, 'data-chosen'>;
}): ReactNode {
  const t = useWords(inboxWords);
  const name = nameOf(item, t('unknownPerson'));
  const last = item.lastMessage;
  const isUnread = item.unreadCount > 0 || item.isMarkedUnread;
  const isFailed = last?.status === 'failed' || last?.status === 'expired';
  return (
    <Link
      to="/inbox/$conversationId"
      params={{ conversationId: item.id }}
      search={({ m: _, ...search }) => search}
      className={`${styles.row} ${isOpen ? styles.open : ''} ${isUnread ? styles.unread : ''}`}
      aria-current={isOpen ? 'page' : undefined}
      {...keys}
    >
      <Avatar url={item.avatarThumbnailUrl} name={name} />
      <span className={styles.words}>
        <span className={styles.top}>
          <bdi className={styles.name}>{name}</bdi>
          {item.isPinned && <Pin aria-label={t('list.pinned')} role="img" size={13} />}
          {item.isMuted && <BellOff aria-label={t('list.muted')} role="img" size={13} />}
          {item.lastMessageAt && (
            <time dateTime={item.lastMessageAt} className={styles.time}>
              {shortWhen(item.lastMessageAt)}
            </time>
          )}
        </span>
        <span className={styles.bottom}>
          {hasDraft && <span className={styles.draft}>{t('list.draft')}</span>}
          {last?.direction === 'outgoing' && !isFailed && <MessageState state={last.status} />}
          {isFailed && (
            <CircleAlert role="img" aria-label={t('list.lastFailed')} size={14} className={styles.failed} />
          )}
          <span className={styles.last}>{last && <OneLine message={last} />}</span>
          {profileName && <bdi className={styles.profile}>{profileName}</bdi>}
          {isUnread && <Unread item={item} />}
        </span>
      </span>
    </Link>
  );
});

function Unread({ item: { unreadCount: count } }: { item: ConversationItem }): ReactNode {
  const t = useWords(inboxWords);
  const words = count > 0 ? t('list.unreadCount', { count }) : t('list.markedUnread');
  return (
    <span className={styles.count} role="img" aria-label={words} title={words}>
      {count > 0 ? formatNumber(Math.min(count, 999)) : ''}
    </span>
  );
}
