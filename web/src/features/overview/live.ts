import type { QueryClient } from '@tanstack/react-query';
import { defineLive } from '../../live/index.ts';
import { countsQuery, failingQuery, figuresQuery, stuckQuery, waitingQuery } from './queries.ts';

/** Counts are counted by the server, so they are read again; several at once are one reading. */
const again =
  (...queries: { queryKey: readonly unknown[] }[]) =>
  (_: unknown, cache: QueryClient): void => {
    for (const { queryKey } of queries) void cache.invalidateQueries({ queryKey }, { cancelRefetch: false });
  };

export const live = defineLive({
  'connection.update': again(countsQuery, stuckQuery),
  'webhook.disabled': again(failingQuery),
  'message.received': again(waitingQuery, figuresQuery),
  'message.sent': again(figuresQuery),
  'conversation.updated': again(waitingQuery),
  'conversation.assigned': again(waitingQuery),
  'contact.created': again(figuresQuery),
});
