import type { Static } from 'typebox';
import { phoneOf, storedChat } from '../../platform/chat-id.ts';
import type { Broadcast, Stats } from './broadcasts.schema.ts';
import type { BroadcastRow } from './broadcasts.store.ts';
import type { Variant } from './broadcasts.tables.ts';
import { shareOf } from './count/intervals.ts';
import { type Counts, level, nameOfLevel, noCounts, replyHoursUsual } from './count/levels.ts';
import type { RecipientRow } from './recipients.store.ts';
import type { Recipient } from './results.schema.ts';

/** People of an audience that a list shows of each campaign; one alone shows all. */
const listedShown = 100;

const percent = (part: number, total: number) => (total === 0 ? 0 : Math.round((part / total) * 100));
const iso = (date: Date | null) => date?.toISOString() ?? null;

export function presentStats(counts: Counts = noCounts()): Static<typeof Stats> {
  const { sent, delivered, read, failed, skipped, cancelled } = counts;
  const pending = counts.pending + counts.deferred + counts.queued;
  const total = pending + sent + failed + cancelled;
  return {
    ...{ total, pending, sent, delivered, read, failed, cancelled, skipped },
    ...{ replied: counts.replied, optedOut: counts.opted_out },
    successRate: percent(delivered, total),
    progress: percent(sent + failed, total),
  };
}

/** A campaign as clients see it. */
export function presentBroadcast(
  row: BroadcastRow,
  counts: Counts | undefined,
  { isListed = false }: { isListed?: boolean } = {},
): Static<typeof Broadcast> {
  const { type, value, status, codes, match, except, reading, lines } = row.audience;
  const { stopOnError: _, lookedAt: __, ...settings } = row.settings;
  const columns = reading?.is === 'csv' ? reading.columns.metadata.map(([field]) => field) : undefined;
  return {
    id: row.id,
    profileId: row.profile_id,
    name: row.name,
    message: row.message.plain ?? row.message,
    templateId: row.template_id,
    variants: row.variants?.map(presentVariant) ?? null,
    recipients: {
      ...{ type, value: isListed ? value.slice(0, listedShown) : value, count: value.length },
      ...{ ...(status && { status }), ...(codes && { codes }), ...(columns && { columns }) },
      ...{ ...(match && { match }), ...(except && { except }) },
    },
    settings: { replyWindowHours: replyHoursUsual, ...settings, weight: row.weight },
    status: row.status,
    statusReason: row.status_reason,
    pauseCode: row.pause_code,
    pausesAfter: row.pauses_after,
    resumesAt: iso(row.resumes_at),
    stats: presentStats(counts),
    preparation:
      row.preparing && !row.prepared_at
        ? { done: row.prepared_until, total: totalOf(value.length, type, lines) }
        : null,
    nextDueAt: row.status === 'running' ? iso(row.next_due_at) : null,
    scheduledAt: iso(row.scheduled_at),
    startedAt: iso(row.started_at),
    completedAt: iso(row.completed_at),
    cancelledAt: iso(row.cancelled_at),
    eta: iso(etaOf(row, counts)),
    foldedAt: iso(row.folded_at),
    createdAt: row.created_at.toISOString(),
    updatedAt: row.updated_at.toISOString(),
  } as Static<typeof Broadcast>;
}

const presentVariant = ({ name, weight, message, templateId = null, type }: Variant) => ({
  ...{ name, weight, type, templateId, message: message.plain ?? message },
});

/** How many lines or values an audience has; of what is looked for in the database nobody knows before. */
function totalOf(values: number, type: string, lines: number | undefined): number | null {
  if (type === 'upload') return Math.max(0, (lines ?? 1) - 1);
  return ['contacts', 'phones'].includes(type) ? values : null;
}

/** When it ends if it goes on as it has since it began. */
function etaOf(row: BroadcastRow, counts: Counts = noCounts()): Date | null {
  const done = counts.sent + counts.failed;
  const left = counts.pending + counts.deferred + counts.queued;
  if (row.status !== 'running' || !row.started_at || done === 0 || !row.prepared_at) return null;
  const passedMs = row.updated_at.getTime() - row.started_at.getTime();
  return new Date(row.updated_at.getTime() + (passedMs / done) * left);
}

/** How each of the messages of a campaign does. */
export function presentVariants(row: BroadcastRow, counts: ReadonlyMap<number, Counts>) {
  return (row.variants ?? []).map(({ name, weight }, at) => {
    const own = counts.get(at) ?? noCounts();
    const share = (n: number) => shareOf(n, own.sent);
    return {
      ...{ name, weight, ...presentStats(own) },
      rates: {
        ...{ delivered: share(own.delivered), read: share(own.read) },
        ...{ replied: share(own.replied), optedOut: share(own.opted_out) },
      },
    };
  });
}

/** Whole seconds from start to end, or null. */
export function durationOf({ started_at, completed_at }: BroadcastRow): number | null {
  if (!started_at || !completed_at) return null;
  return Math.floor((completed_at.getTime() - started_at.getTime()) / 1000);
}

/** How far a recipient is; who still waited when the campaign was cancelled is so, too. */
export function stateOf(
  row: Pick<RecipientRow, 'status'>,
  { cancelled_at }: Pick<BroadcastRow, 'cancelled_at'>,
) {
  const isWaiting = row.status === level.pending || row.status === level.deferred;
  return nameOfLevel(isWaiting && cancelled_at ? level.cancelled : row.status);
}

export function presentRecipient(row: RecipientRow, broadcast: BroadcastRow): Static<typeof Recipient> {
  const state = stateOf(row, broadcast);
  return {
    chatId: row.chat,
    phone: phoneOf(storedChat(row.chat)) ?? null,
    contactId: row.contact_id,
    variant: broadcast.variants?.[row.variant]?.name ?? null,
    status: state === 'deferred' || state === 'queued' ? 'pending' : state,
    state,
    messageId: row.message_id,
    code: row.code,
    error: row.reason,
    notBefore: iso(row.not_before),
    sentAt: iso(row.sent_at),
    repliedAt: iso(row.replied_at),
    optedOut: row.opted_out,
    updatedAt: row.updated_at.toISOString(),
  };
}
