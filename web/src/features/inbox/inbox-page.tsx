import { Outlet, useParams, useSearch } from '@tanstack/react-router';
import { MessagesSquare } from 'lucide-react';
import { lazy, type ReactNode, Suspense, useEffect, useRef, useState } from 'react';
import { profilesQuery, scopeOf, useMay } from '../../session/index.ts';
import { Boundary, definePage, Empty, useCommands } from '../../ui/index.ts';
import { useWords } from '../../words/index.ts';
import { ConversationList } from './conversation-list.tsx';
import styles from './inbox-page.module.css';
import { ListHead } from './list-head.tsx';
import { listQuery } from './queries.ts';
import { filterOf, inboxSearch } from './search.ts';
import { inboxWords } from './words/index.ts';

const NewChat = lazy(() => import('./new-chat.tsx').then((file) => ({ default: file.NewChat })));

/** Two panes: the conversations, and the one that is open. On a phone one of them at a time. */
function InboxPage(): ReactNode {
  const t = useWords(inboxWords);
  const may = useMay();
  const search = useSearch({ from: '/shell/inbox' });
  const { conversationId } = useParams({ strict: false });
  const [isNew, setNew] = useState(false);
  const field = useRef<HTMLInputElement>(null);
  useEffect(() => {
    document.title = `${t('title')} · MultiWA`;
  }, [t]);
  useCommands([
    {
      id: 'inbox.search',
      label: t('keys.search'),
      keys: '/',
      also: 'search find messages',
      run: () => field.current?.focus(),
    },
    {
      id: 'inbox.new',
      label: t('list.newChat'),
      keys: 'n',
      also: 'new chat number',
      isAllowed: may('message:send'),
      run: () => setNew(true),
    },
  ]);
  return (
    <div className={styles.inbox} data-open={conversationId !== undefined}>
      <h1 className="unseen" tabIndex={-1} data-page-title>
        {t('title')}
      </h1>
      <div className={styles.panes}>
        <section className={styles.list} aria-label={t('conversations')}>
          <ListHead field={field} onNewChat={() => setNew(true)} />
          <Boundary>
            <ConversationList filter={filterOf(search)} openId={conversationId} />
          </Boundary>
        </section>
        <div className={styles.thread}>
          {conversationId === undefined ? (
            <div className={styles.none}>
              <Empty icon={MessagesSquare} title={t('thread.choose')}>
                {t('thread.chooseHint')}
              </Empty>
            </div>
          ) : (
            <Boundary place={conversationId}>
              <Outlet />
            </Boundary>
          )}
        </div>
      </div>
      {isNew && (
        <Suspense fallback={null}>
          <NewChat profile={search.profile} onClose={() => setNew(false)} />
        </Suspense>
      )}
    </div>
  );
}

export const page = definePage({
  component: InboxPage,
  words: [inboxWords],
  load: ({ cache, search }) => {
    void cache.prefetchInfiniteQuery(listQuery(filterOf({ ...inboxSearch(search), ...scopeOf(search) })));
    void cache.prefetchQuery(profilesQuery);
  },
});
