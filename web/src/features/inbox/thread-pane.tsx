import type { Conversation, Message } from '@multiwa/sdk';
import { useQuery, useQueryClient } from '@tanstack/react-query';
import { useNavigate, useSearch } from '@tanstack/react-router';
import { lazy, type ReactNode, Suspense, useCallback, useEffect, useRef, useState } from 'react';
import { useMay } from '../../session/index.ts';
import { Empty, Problem, Skeleton, useCommands } from '../../ui/index.ts';
import { useWords } from '../../words/index.ts';
import { Announcer } from './announcer.tsx';
import { nameOf } from './names.ts';
import { useOutbox } from './outbox.ts';
import { threadQuery } from './queries.ts';
import type { Thread } from './thread.ts';
import { ThreadHead } from './thread-head.tsx';
import { ThreadList } from './thread-list.tsx';
import styles from './thread-pane.module.css';
import { useMarkRead } from './use-mark-read.ts';
import { useSoughtMessage } from './use-sought-message.ts';
import { inboxWords } from './words/index.ts';

/** Messages are drawn first; where one writes comes with what is drawn for a send. */
const Composer = lazy(async () => {
  const [{ Composer: drawn }] = await Promise.all([import('./composer.tsx'), import('./pending-bubble.tsx')]);
  return { default: drawn };
});

const ThreadBanner = lazy(() =>
  import('./thread-banner.tsx').then((file) => ({ default: file.ThreadBanner })),
);

/** A conversation: its head, its messages, and where one writes. */
export function ThreadPane({ conversation }: { conversation: Conversation }): ReactNode {
  const t = useWords(inboxWords);
  const may = useMay();
  const cache = useQueryClient();
  const navigate = useNavigate();
  const { m: sought } = useSearch({ from: '/shell/inbox' });
  const { id, profileId, chatId } = conversation;
  const [replyTo, setReplyTo] = useState<Message>();
  const [isAtEnd, setAtEnd] = useState(false);
  const field = useRef<HTMLTextAreaElement>(null);
  const pending = useOutbox().filter((each) => each.conversationId === id);
  const { isReading, place } = useSoughtMessage(id, sought);
  const thread = useQuery({ ...threadQuery(id), enabled: !isReading });
  const name = nameOf(conversation, t('unknownPerson'));
  const mayWrite = may('message:send') && conversation.type !== 'newsletter';
  useMarkRead(conversation, isAtEnd && may('message:send'));
  // The same ones for as long as possible: messages that did not change are not drawn anew.
  const jump = useCallback(
    (m: string | undefined) =>
      navigate({
        to: '/inbox/$conversationId',
        params: { conversationId: id },
        search: ({ m: _, ...search }) => (m ? { ...search, m } : search),
        replace: true,
      }),
    [navigate, id],
  );
  const reply = useCallback((message: Message) => {
    setReplyTo(message);
    field.current?.focus();
  }, []);
  useCommands([
    {
      id: 'inbox.write',
      label: t('keys.write'),
      keys: 'c',
      also: 'compose write message',
      isAllowed: mayWrite,
      run: () => field.current?.focus(),
    },
    {
      id: 'inbox.close',
      label: t('keys.close'),
      keys: 'Escape',
      isQuiet: true,
      run: () => navigate({ to: '/inbox', search: ({ m: _, ...search }) => search }),
    },
  ]);
  useFocusOnOpen(field, id);

  return (
    <section className={styles.pane} aria-label={name}>
      <ThreadHead conversation={conversation} name={name} />
      <Suspense fallback={null}>
        <ThreadBanner profileId={profileId} />
      </Suspense>
      <Messages
        thread={thread.data}
        error={thread.data ? undefined : thread.error}
        again={() => thread.refetch()}
        hasPending={pending.length > 0}
      >
        {(data) => (
          <ThreadList
            key={place}
            conversationId={id}
            label={t('thread.messages', { name })}
            thread={data}
            pending={pending}
            isGroup={conversation.type === 'group'}
            sought={sought}
            mayWrite={mayWrite}
            onReply={reply}
            onJump={jump}
            onEnd={setAtEnd}
          />
        )}
      </Messages>
      <Announcer messages={thread.data?.messages ?? []} />
      {mayWrite ? (
        <Suspense fallback={<div className={styles.composer} />}>
          <Composer
            target={{ conversationId: id, profileId, to: chatId }}
            replyTo={replyTo}
            onReplied={() => setReplyTo(undefined)}
            onSent={() => {
              // Who writes wants to see it: what was jumped to is left.
              if (sought) void jump(undefined);
              if (thread.data?.hasNewer) void cache.resetQueries({ queryKey: threadQuery(id).queryKey });
            }}
            field={field}
          />
        </Suspense>
      ) : (
        <p className={styles.readOnly}>
          {conversation.type === 'newsletter'
            ? t('composer.channel')
            : t('composer.readOnly', { permission: 'message:send' })}
        </p>
      )}
    </section>
  );
}

function Messages({
  thread,
  error,
  again,
  hasPending,
  children,
}: {
  thread: Thread | undefined;
  error: unknown;
  again: () => unknown;
  hasPending: boolean;
  children: (thread: Thread) => ReactNode;
}): ReactNode {
  const t = useWords(inboxWords);
  if (!thread) {
    return (
      <div className={styles.middle}>
        {error ? <Problem error={error} again={again} /> : <Skeleton rows={6} />}
      </div>
    );
  }
  if (thread.messages.length > 0 || hasPending) return children(thread);
  return (
    <div className={styles.middle}>
      <Empty title={t('thread.empty')}>{t('thread.emptyHint')}</Empty>
    </div>
  );
}

/** Where there is a keyboard one writes at once; on a phone its keys would cover what one came to read. */
function useFocusOnOpen(field: { current: HTMLTextAreaElement | null }, id: string): void {
  useEffect(() => {
    if (
      id &&
      matchMedia('(pointer: fine) and (width >= 800px)').matches &&
      document.activeElement === document.body
    )
      field.current?.focus();
  }, [field, id]);
}
