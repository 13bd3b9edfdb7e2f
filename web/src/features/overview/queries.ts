import {
  getConversationsCounts,
  getProfiles,
  getProfilesCounts,
  getStatisticsDashboard,
  getWebhooks,
} from '@multiwa/sdk';
import { queryOptions } from '@tanstack/react-query';
import { client } from '../../session/index.ts';

/** How many profiles are in which state. */
export const countsQuery = queryOptions({
  queryKey: ['profiles', 'counts'],
  queryFn: () => getProfilesCounts({ client }),
});

/** States that do not end by themselves; who disconnected a profile knows why. */
const stuck = 'qr,pairing,logged_out,failed';
export const shownMax = 8;

/** The profiles that need somebody, those that have needed them longest first. */
export const stuckQuery = queryOptions({
  queryKey: ['profiles', 'stuck'],
  queryFn: () => getProfiles({ client, query: { status: stuck, sort: 'statusSince', limit: shownMax } }),
});

/** The endpoints that fail, or were switched off for it. */
export const failingQuery = queryOptions({
  queryKey: ['webhooks', 'failing'],
  queryFn: async () => {
    const webhooks = await getWebhooks({ client, query: { limit: 200 } });
    return webhooks.filter(({ failingSince, disabledReason }) => failingSince ?? disabledReason);
  },
});

/** What waits in the inbox. */
export const waitingQuery = queryOptions({
  queryKey: ['conversations', 'counts'],
  queryFn: () => getConversationsCounts({ client }),
});

export const figuresQuery = queryOptions({
  queryKey: ['statistics', 'dashboard'],
  queryFn: () => getStatisticsDashboard({ client }),
});
