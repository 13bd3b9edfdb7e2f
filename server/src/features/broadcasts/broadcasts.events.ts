import Type from 'typebox';
import { Nullable } from '../../http/schema.ts';
import { defineEvent } from '../../platform/events/define.ts';
import { presentStats } from './broadcasts.present.ts';
import { Stats } from './broadcasts.schema.ts';
import type { BroadcastRow } from './broadcasts.store.ts';
import type { Counts } from './count/levels.ts';

const Text = Type.String();

const about = Type.Object({
  profileId: Text,
  broadcastId: Text,
  kind: Type.String({ description: '`broadcast`, or `bulk` for a batch of `POST /bulk/send`.' }),
  batchId: Nullable(Text),
  name: Text,
  status: Text,
  statusReason: Nullable(Text),
  pauseCode: Nullable(Text),
  stats: Stats,
  timestamp: Text,
});

const define = (name: string, what: string) =>
  defineEvent({ name, what, permission: 'broadcast:read', body: about });

/** One that came to its end; what a person ended tells nobody. */
const defineEnd = (name: string, what: string) =>
  defineEvent({
    ...{ name, what, body: about },
    permission: 'broadcast:read',
    notice: ({ body: { status, statusReason, stats, name, broadcastId, profileId } }, { profileName }) => ({
      kind: 'broadcast',
      title: `${name} ${status === 'failed' ? 'failed' : 'is completed'}`,
      body: statusReason ?? `${profileName}: ${stats.sent} of ${stats.total} sent, ${stats.failed} failed.`,
      metadata: { profileId, broadcastId },
    }),
  });

/** People are told of one that stopped by itself: it may wait for them. */
const paused = defineEvent({
  name: 'broadcast.paused',
  what: 'A campaign was paused: by a person, or by itself, then `pauseCode` and `statusReason` say why.',
  permission: 'broadcast:read',
  body: about,
  notice: ({ body }) =>
    body.pauseCode === null
      ? undefined
      : {
          kind: 'broadcast',
          title: `${body.name} was paused`,
          body: body.statusReason ?? body.pauseCode,
          metadata: { profileId: body.profileId, broadcastId: body.broadcastId, pauseCode: body.pauseCode },
          topic: `paused ${body.broadcastId}`,
        },
});

export const broadcastEvents = {
  scheduled: define('broadcast.scheduled', 'A campaign will begin at its time.'),
  started: define('broadcast.started', 'A campaign begins to send.'),
  progress: define(
    'broadcast.progress',
    'How far a campaign has come; at most once a second for each. The numbers are counted from its recipients.',
  ),
  paused,
  resumed: define('broadcast.resumed', 'A paused campaign goes on.'),
  completed: defineEnd('broadcast.completed', 'Every recipient of a campaign is decided.'),
  failed: defineEnd('broadcast.failed', 'A campaign ended before its time; `statusReason` says why.'),
  cancelled: define(
    'broadcast.cancelled',
    'A campaign was cancelled; who was not sent it yet never will be.',
  ),
};

/** Of a campaign, for its events. */
export function eventOf(row: BroadcastRow, counts: Counts | undefined) {
  return {
    organizationId: row.organization_id,
    profileId: row.profile_id,
    body: {
      ...{ profileId: row.profile_id, broadcastId: row.id, kind: row.kind, batchId: row.batch_id },
      ...{ name: row.name, status: row.status, statusReason: row.status_reason, pauseCode: row.pause_code },
      ...{ stats: presentStats(counts), timestamp: row.updated_at.toISOString() },
    },
  };
}
