import type { Message } from '@multiwa/sdk';
import { Forward, Reply } from 'lucide-react';
import { lazy, memo, type ReactNode, Suspense, useState } from 'react';
import { formatClock, formatExact, useWords } from '../../words/index.ts';
import styles from './bubble.module.css';
import { Body } from './kinds/body.tsx';
import { MessageState } from './message-state.tsx';
import { numberOf, senderOf } from './names.ts';
import { QuotedBlock } from './quoted-block.tsx';
import { inboxWords } from './words/index.ts';

// What few messages need is loaded with the first that does.
const BubbleActs = lazy(() => import('./bubble-acts.tsx').then((file) => ({ default: file.BubbleActs })));
const GroupChange = lazy(() =>
  import('./kinds/group-change.tsx').then((file) => ({ default: file.GroupChange })),
);
const FailedNote = lazy(() => import('./failed-note.tsx').then((file) => ({ default: file.FailedNote })));
const WaitsNote = lazy(() => import('./waits-note.tsx').then((file) => ({ default: file.WaitsNote })));

export interface BubbleProps {
  message: Message;
  /** What it answers, when that is held. */
  quoted: Message | undefined;
  /** The message that repeats it. */
  repeatedBy: string | undefined;
  isFirst: boolean;
  isGroup: boolean;
  isSought: boolean;
  mayWrite: boolean;
  onReply: (message: Message) => void;
  onJump: (messageId: string) => void;
}

/** One message: what it says, where it stands, and what can be done about it once it is pointed at or focused. */
export const Bubble = memo(function Bubble(props: BubbleProps): ReactNode {
  const { message, isFirst, isSought } = props;
  const [isActive, setActive] = useState(false);
  if (message.type === 'group-change' || message.type === 'call') {
    return (
      <div className={styles.told} tabIndex={-1} data-message={message.id}>
        <Suspense fallback={null}>
          <GroupChange message={message} />
        </Suspense>
      </div>
    );
  }
  const isOurs = message.direction === 'outgoing';
  const classes = [styles.row, isOurs && styles.ours, isFirst && styles.first, isSought && styles.sought];
  return (
    // biome-ignore lint/a11y/noStaticElementInteractions: pointing at it shows buttons, which focus shows as well
    <div
      className={classes.filter(Boolean).join(' ')}
      tabIndex={-1}
      data-message={message.id}
      // Rows that are scrolled under a pointer that rests are not pointed at.
      onPointerMove={({ movementX, movementY }) => (movementX || movementY) && setActive(true)}
      onPointerDown={() => setActive(true)}
      onPointerLeave={(event) => event.currentTarget.contains(document.activeElement) || setActive(false)}
      onFocus={() => setActive(true)}
      onBlur={(event) => event.currentTarget.contains(event.relatedTarget) || setActive(false)}
    >
      <div className={styles.holder}>
        <Inside {...props} />
        {isActive && (
          <Suspense fallback={null}>
            <BubbleActs message={message} mayWrite={props.mayWrite} onReply={props.onReply} />
          </Suspense>
        )}
      </div>
    </div>
  );
});

function Inside({ message, quoted, repeatedBy, isFirst, isGroup, mayWrite, onJump }: BubbleProps): ReactNode {
  const t = useWords(inboxWords);
  const isOurs = message.direction === 'outgoing';
  const {
    forwarded,
    forwardingScore = 0,
    truncated,
  } = message.content as Record<string, unknown> & {
    forwardingScore?: number;
  };
  return (
    <div className={styles.bubble}>
      {isGroup && !isOurs && isFirst && (
        <span className={styles.sender}>
          <bdi>{senderOf(message, t('unknownPerson'))}</bdi>
        </span>
      )}
      {forwarded === true && (
        <p className={styles.mark}>
          <Forward aria-hidden size={14} data-mirrored="true" />
          {forwardingScore >= 5 ? t('body.manyTimes') : t('body.forwarded')}
        </p>
      )}
      {message.retryOf && (
        <p className={styles.mark}>
          <Reply aria-hidden size={14} data-mirrored="true" />
          {t('failed.repeats')}
        </p>
      )}
      <QuotedBlock message={message} quoted={quoted} onJump={onJump} />
      <Body message={message} />
      {truncated === true && <p className={styles.mark}>{t('body.truncated')}</p>}
      <Foot message={message} />
      {message.reactions.length > 0 && <Reactions message={message} />}
      <Suspense fallback={null}>
        {message.status === 'queued' && <WaitsNote message={message} mayWrite={mayWrite} />}
        {(message.status === 'failed' || message.status === 'expired' || message.status === 'cancelled') && (
          <FailedNote message={message} repeatedBy={repeatedBy} mayWrite={mayWrite} onJump={onJump} />
        )}
      </Suspense>
    </div>
  );
}

function Foot({ message }: { message: Message }): ReactNode {
  const t = useWords(inboxWords);
  const before = (message.originalContent as { text?: string } | null)?.text;
  return (
    <p className={styles.foot}>
      {message.starred && (
        <span role="img" aria-label={t('body.starred')} title={t('body.starred')}>
          ★
        </span>
      )}
      {message.expiresAt && (
        <span
          role="img"
          aria-label={t('body.expires', { time: formatExact(message.expiresAt) })}
          title={t('body.expires', { time: formatExact(message.expiresAt) })}
        >
          ◷
        </span>
      )}
      {message.editedAt && !message.revokedAt && (
        <span title={before && t('body.before', { text: before })}>{t('body.edited')}</span>
      )}
      <time dateTime={message.timestamp} title={formatExact(message.timestamp)}>
        {formatClock(message.timestamp)}
      </time>
      {message.direction === 'outgoing' && <MessageState state={message.status} />}
    </p>
  );
}

function Reactions({ message }: { message: Message }): ReactNode {
  const t = useWords(inboxWords);
  const byEmoji = Map.groupBy(message.reactions, ({ emoji }) => emoji);
  return (
    <ul className={styles.reactions}>
      {[...byEmoji].map(([emoji, reactions]) => {
        const names = reactions
          .map(({ fromMe, senderName, senderJid }) =>
            fromMe ? t('you') : senderName || numberOf(senderJid) || t('unknownPerson'),
          )
          .join(', ');
        const words = t('body.reactedBy', { emoji, names });
        return (
          <li key={emoji} title={words}>
            <span aria-hidden>
              {emoji} {reactions.length > 1 && reactions.length}
            </span>
            <span className="unseen">{words}</span>
          </li>
        );
      })}
    </ul>
  );
}
