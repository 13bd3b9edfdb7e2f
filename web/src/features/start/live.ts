import type { GatewayEvent } from '@multiwa/sdk';
import type { QueryClient } from '@tanstack/react-query';
import { defineLive } from '../../live/index.ts';
import { firstMessagesQuery } from './queries.ts';

/** There are few, and somebody waits for each: they are read as they come. */
const told = ({ profileId }: GatewayEvent, cache: QueryClient): void => {
  if (profileId) void cache.invalidateQueries({ queryKey: firstMessagesQuery(profileId).queryKey });
};

export const live = defineLive({
  'message.received': told,
  'message.queued': told,
  'message.sent': told,
  'message.delivered': told,
  'message.read': told,
  'message.failed': told,
});
