import type { Static } from 'typebox';
import { phoneOf, storedChat } from '../../platform/chat-id.ts';
import type { Broadcast, Recipient, Stats } from './broadcasts.schema.ts';
import type { BroadcastRow } from './broadcasts.store.ts';
import { type Counts, level, nameOfLevel, noCounts } from './count/levels.ts';
import type { RecipientRow } from './recipients.store.ts';

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
  const { type, value } = row.audience;
  const { stopOnError: _, ...settings } = row.settings;
  return {
    id: row.id,
    profileId: row.profile_id,
    name: row.name,
    message: row.message.plain ?? row.message,
    recipients: { type, value: isListed ? value.slice(0, listedShown) : value, count: value.length },
    settings: { ...settings, weight: row.weight },
    status: row.status,
    statusReason: row.status_reason,
    pauseCode: row.pause_code,
    resumesAt: iso(row.resumes_at),
    stats: presentStats(counts),
    preparation: row.preparing && !row.prepared_at ? { done: row.prepared_until } : null,
    nextDueAt: row.status === 'running' ? iso(row.next_due_at) : null,
    scheduledAt: iso(row.scheduled_at),
    startedAt: iso(row.started_at),
    completedAt: iso(row.completed_at),
    cancelledAt: iso(row.cancelled_at),
    createdAt: row.created_at.toISOString(),
    updatedAt: row.updated_at.toISOString(),
  } as Static<typeof Broadcast>;
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
    status: state === 'deferred' || state === 'queued' ? 'pending' : state,
    state,
    messageId: row.message_id,
    code: row.code,
    error: row.reason,
    notBefore: iso(row.not_before),
    sentAt: iso(row.sent_at),
    repliedAt: iso(row.replied_at),
    updatedAt: row.updated_at.toISOString(),
  };
}
