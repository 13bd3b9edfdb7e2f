import type { Message } from '@multiwa/sdk';
import { useQueryClient } from '@tanstack/react-query';
import { useVirtualizer } from '@tanstack/react-virtual';
import { ArrowDown } from 'lucide-react';
import { lazy, type ReactNode, Suspense, useEffect, useLayoutEffect, useMemo, useRef, useState } from 'react';
import { Button, sayProblem } from '../../ui/index.ts';
import { useWords } from '../../words/index.ts';
import { Bubble } from './bubble.tsx';
import { Day } from './day.tsx';
import type { Pending } from './outbox.ts';
import { readNewer, readNewest, readOlder } from './queries.ts';
import { rowsOf } from './rows.ts';
import type { Thread } from './thread.ts';
import styles from './thread-list.module.css';
import { useStayAtEnd } from './use-stay-at-end.ts';
import { useThreadKeys } from './use-thread-keys.ts';
import { inboxWords } from './words/index.ts';

const PendingBubble = lazy(() =>
  import('./pending-bubble.tsx').then((file) => ({ default: file.PendingBubble })),
);

/** So near to an end the next page is read. */
const nearRows = 8;

/** The messages of a conversation: only what is in sight is drawn, and what is read before it moves nothing. */
export function ThreadList({
  conversationId,
  label,
  thread,
  pending,
  isGroup,
  sought,
  mayWrite,
  onReply,
  onJump,
  onEnd,
}: {
  conversationId: string;
  label: string;
  thread: Thread;
  pending: readonly Pending[];
  isGroup: boolean;
  /** The message that is jumped to. */
  sought: string | undefined;
  mayWrite: boolean;
  onReply: (message: Message) => void;
  onJump: (messageId: string) => void;
  /** Whether the newest message is in sight. */
  onEnd: (isAtEnd: boolean) => void;
}): ReactNode {
  const t = useWords(inboxWords);
  const cache = useQueryClient();
  const scroller = useRef<HTMLDivElement>(null);
  const rows = useMemo(() => rowsOf(thread.messages, pending), [thread.messages, pending]);
  const ties = useMemo(() => tiesOf(thread.messages), [thread.messages]);
  const virtual = useVirtualizer({
    count: rows.length,
    getScrollElement: () => scroller.current,
    estimateSize: () => 64,
    getItemKey: (index) => rows[index]?.key ?? index,
    overscan: 6,
    anchorTo: 'end',
    paddingStart: 12,
    paddingEnd: 12,
  });
  const items = virtual.getVirtualItems();
  const isAtEnd = !thread.hasNewer && virtual.isAtEnd(80);
  useEffect(() => onEnd(isAtEnd), [isAtEnd, onEnd]);
  const onScroll = useStayAtEnd(scroller, {
    isNewest: !thread.hasNewer,
    // Whatever makes the end another place.
    size: `${virtual.getTotalSize()} ${virtual.scrollRect?.height}`,
    sends: pending.length,
  });
  useReading(() => readOlder(cache, conversationId), thread.hasOlder && (items[0]?.index ?? 99) < nearRows);
  useReading(
    () => readNewer(cache, conversationId),
    thread.hasNewer && (items.at(-1)?.index ?? 0) > rows.length - nearRows,
  );
  useSought(sought, rows, (index) => virtual.scrollToIndex(index, { align: 'center' }));
  useThreadKeys({ scroller, onReply: mayWrite ? onReply : undefined, messages: thread.messages });
  const toEnd = async () => {
    if (thread.hasNewer) await readNewest(cache, conversationId).catch(sayProblem);
    virtual.scrollToEnd();
  };

  return (
    <div className={styles.frame}>
      {/* What is new is spoken by the page; what is merely scrolled into sight is not. */}
      <div
        ref={scroller}
        className={styles.scroller}
        onScroll={onScroll}
        role="log"
        aria-live="off"
        aria-label={label}
        // biome-ignore lint/a11y/noNoninteractiveTabindex: whoever has no mouse scrolls it by keys
        tabIndex={0}
      >
        <div className={styles.whole} style={{ blockSize: virtual.getTotalSize() }}>
          {items.map(({ index, key, start }) => {
            const row = rows[index];
            if (!row) return null;
            return (
              <div
                key={key}
                ref={virtual.measureElement}
                data-index={index}
                className={styles.row}
                style={{ transform: `translateY(${start}px)` }}
              >
                {row.kind === 'day' && <Day at={row.at} />}
                {row.kind === 'pending' && (
                  <Suspense fallback={null}>
                    <PendingBubble pending={row.pending} />
                  </Suspense>
                )}
                {row.kind === 'message' && (
                  <Bubble
                    message={row.message}
                    quoted={ties.byWaId.get(row.message.quotedMessageId ?? '')}
                    repeatedBy={ties.repeats.get(row.message.id)}
                    isFirst={row.isFirst}
                    isGroup={isGroup}
                    isSought={sought !== undefined && isCalled(row.message, sought)}
                    mayWrite={mayWrite}
                    onReply={onReply}
                    onJump={onJump}
                  />
                )}
              </div>
            );
          })}
        </div>
      </div>
      {!isAtEnd && rows.length > 0 && (
        <div className={styles.down}>
          <Button icon={ArrowDown} label={t('thread.newest')} onClick={toEnd} />
        </div>
      )}
    </div>
  );
}

const isCalled = ({ id, waMessageId }: Message, name: string): boolean => id === name || waMessageId === name;

/** Which message answers and which repeats which. */
function tiesOf(messages: readonly Message[]) {
  const byWaId = new Map<string, Message>();
  const repeats = new Map<string, string>();
  for (const message of messages) {
    byWaId.set(message.waMessageId, message);
    if (message.retryOf) repeats.set(message.retryOf, message.id);
  }
  return { byWaId, repeats };
}

/** Reads a page when it is near, one at a time. */
function useReading(read: () => Promise<void>, isNear: boolean): void {
  const [isReading, setReading] = useState(false);
  const newest = useRef(read);
  newest.current = read;
  useEffect(() => {
    if (!isNear || isReading) return;
    setReading(true);
    newest
      .current()
      .catch(sayProblem)
      .finally(() => setReading(false));
  }, [isNear, isReading]);
}

/** Goes to the message of the address, once it is held. */
function useSought(
  sought: string | undefined,
  rows: ReturnType<typeof rowsOf>,
  go: (index: number) => void,
): void {
  const done = useRef<string>(undefined);
  useLayoutEffect(() => {
    if (sought === undefined) done.current = undefined;
    if (sought === undefined || done.current === sought) return;
    const index = rows.findIndex((row) => row.kind === 'message' && isCalled(row.message, sought));
    if (index < 0) return;
    done.current = sought;
    go(index);
  });
}
