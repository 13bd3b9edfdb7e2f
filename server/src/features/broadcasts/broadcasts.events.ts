import Type from 'typebox';
import { Nullable } from '../../http/schema.ts';
import { defineEvent } from '../../platform/events/define.ts';
import { example } from '../../platform/events/example.ts';
import { presentStats } from './broadcasts.present.ts';
import { Stats } from './broadcasts.schema.ts';
import type { BroadcastRow } from './broadcasts.store.ts';
import { type Counts, noCounts } from './count/levels.ts';

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

const exampleIn = (status: string, counts: Partial<Counts>) => ({
  ...{ profileId: example.profileId, broadcastId: '0199d6a2-e5f6-7081-9283-94a5b6c7d8e9' },
  ...{ kind: 'broadcast', batchId: null, name: 'Summer bread', status, statusReason: null, pauseCode: null },
  ...{ stats: presentStats({ ...noCounts(), ...counts }), timestamp: example.timestamp },
});

const define = (name: string, what: string, status: string, counts: Partial<Counts>) =>
  defineEvent({
    ...{ name, what, body: about },
    permission: 'broadcast:read',
    example: exampleIn(status, counts),
  });

const endings: Record<string, string> = { failed: 'failed', draft: 'could not be prepared' };

/** One that came to its end; what a person ended tells nobody. */
const defineEnd = (name: string, what: string, status: string, counts: Partial<Counts>) =>
  defineEvent({
    ...{ name, what, body: about },
    permission: 'broadcast:read',
    example: exampleIn(status, counts),
    notice: ({ body: { status, statusReason, stats, name, broadcastId, profileId } }, { profileName }) => ({
      kind: 'broadcast',
      title: `${name} ${endings[status] ?? 'is completed'}`,
      body: statusReason ?? `${profileName}: ${stats.sent} of ${stats.total} sent, ${stats.failed} failed.`,
      metadata: { profileId, broadcastId },
    }),
  });

/** People are told of one that stopped by itself: it may wait for them. */
const paused = defineEvent({
  name: 'broadcast.paused',
  what: 'A campaign was paused: by a person, or by itself, then `pauseCode` and `statusReason` say why.',
  permission: 'broadcast:read',
  example: {
    ...exampleIn('paused', { pending: 40, sent: 50, failed: 10 }),
    statusReason: '10 of the last 50 were refused.',
    pauseCode: 'TROUBLE_RATE',
  },
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
  scheduled: define('broadcast.scheduled', 'A campaign will begin at its time.', 'scheduled', {
    pending: 100,
  }),
  started: define('broadcast.started', 'A campaign begins to send.', 'running', { pending: 100 }),
  progress: define(
    'broadcast.progress',
    'How far a campaign has come; at most once a second for each. The numbers are counted from its recipients.',
    'running',
    { pending: 60, sent: 40, delivered: 30, read: 10 },
  ),
  paused,
  resumed: define('broadcast.resumed', 'A paused campaign goes on.', 'running', {
    pending: 40,
    sent: 60,
    delivered: 60,
    read: 60,
  }),
  returned: defineEnd(
    'broadcast.returned',
    'The audience of a campaign could not be read to its end: it is a draft again, and `statusReason` says why. Nobody was sent it.',
    'draft',
    {},
  ),
  completed: defineEnd('broadcast.completed', 'Every recipient of a campaign is decided.', 'completed', {
    ...{ sent: 98, delivered: 98, read: 68, failed: 2 },
  }),
  failed: defineEnd(
    'broadcast.failed',
    'A campaign ended before its time; `statusReason` says why.',
    'failed',
    { failed: 100 },
  ),
  cancelled: define(
    'broadcast.cancelled',
    'A campaign was cancelled; who was not sent it yet never will be.',
    'failed',
    { sent: 60, delivered: 60, read: 60, cancelled: 40 },
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
