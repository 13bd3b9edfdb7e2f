import { useQuery } from '@tanstack/react-query';
import { useParams } from '@tanstack/react-router';
import type { ReactNode } from 'react';
import { definePage, Loaded, Skeleton } from '../../ui/index.ts';
import { conversationQuery, threadQuery } from './queries.ts';
import { ThreadPane } from './thread-pane.tsx';
import { inboxWords } from './words/index.ts';

/** One conversation of the inbox. */
function ThreadPage(): ReactNode {
  const { conversationId } = useParams({ from: '/shell/inbox/$conversationId' });
  const conversation = useQuery(conversationQuery(conversationId));
  return (
    <Loaded query={conversation} place={<Skeleton rows={8} />}>
      {(head) => <ThreadPane key={head.id} conversation={head} />}
    </Loaded>
  );
}

export const page = definePage({
  component: ThreadPage,
  words: [inboxWords],
  load: ({ cache, params: { conversationId = '' }, search }) => {
    void cache.prefetchQuery(conversationQuery(conversationId));
    // Who comes for one message begins there.
    if (search.m === undefined) void cache.prefetchQuery(threadQuery(conversationId));
  },
});
