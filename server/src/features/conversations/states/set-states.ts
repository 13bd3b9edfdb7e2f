import type { Actor } from '../../../platform/actor.ts';
import type { AuditAction } from '../../../platform/audit/actions.ts';
import type { AuditLog } from '../../../platform/audit/record.ts';
import type { Clock } from '../../../platform/clock.ts';
import type { Json } from '../../../platform/db/json-column.ts';
import { afterCommit, type Db, inTransaction, type Tx } from '../../../platform/db/transaction.ts';
import type { EventRecorder } from '../../../platform/events/record.ts';
import { Failure } from '../../../platform/failures.ts';
import { updated } from '../conversations.events.ts';
import { editConversation } from '../conversations.sql.ts';
import type { ConversationStore } from '../conversations.store.ts';
import type { ConversationRow } from '../conversations.tables.ts';
import { lockConversation } from '../counts.store.ts';
import { changedBy, newsIn, patchOf } from './apply-state.ts';
import { keepOwn, newestOf } from './chat-states.store.ts';
import type { Clearing } from './clearing.ts';
import { named } from './send-states.ts';
import type { StateField } from './states.tables.ts';

export interface SetStateDeps {
  db: Db;
  clock: Clock;
  events: EventRecorder;
  audit: AuditLog;
  store: Pick<ConversationStore, 'find'>;
  clearing: Clearing;
  /** Marks all that came in as read, queues the receipts, counts and tells. */
  markRead(tx: Tx, conversationId: string): Promise<void>;
  /** There is something to tell the phone. */
  poke(profileId: string): void;
}

/** What is done when somebody sets a field. */
const acts = {
  archived: 'conversation.archive',
  pinned: 'conversation.pin',
  muted: 'conversation.mute',
  read: 'conversation.mark_unread',
  cleared: 'conversation.clear',
  deleted: 'conversation.delete',
} as const satisfies Partial<Record<StateField, AuditAction>>;

const whoseOf = (row: ConversationRow) => ({
  organizationId: row.organization_id,
  profileId: row.profile_id,
});

/**
 * Sets something for conversations: here at once, and on the phone as soon as the profile is connected. Row, event and what
 * the phone is to be told share a transaction; setting what is set already changes nothing and tells nobody.
 */
export function createSetStates(deps: SetStateDeps) {
  const { db, clock, events, store, clearing } = deps;

  /** Runs with the conversation locked. @throws Failure CONVERSATION_NOT_FOUND */
  async function withConversation<Result>(
    actor: Actor,
    id: string,
    work: (tx: Tx, row: ConversationRow) => Promise<Result>,
  ): Promise<Result> {
    return inTransaction(db, async (tx) => {
      const known = await store.find(actor, id, tx);
      const row = known && (await lockConversation(tx, id));
      if (!row) throw new Failure('CONVERSATION_NOT_FOUND');
      return work(tx, row);
    });
  }

  async function tellPhone(tx: Tx, row: ConversationRow, field: StateField, value: Json): Promise<void> {
    await keepOwn(tx, whoseOf(row), row.chat, [{ field, value }], clock.now());
    afterCommit(tx, () => deps.poke(row.profile_id));
  }

  /** Notes who did what, in the transaction of the deed. */
  const noteAct = (
    tx: Tx,
    actor: Actor,
    row: ConversationRow,
    action: AuditAction,
    details: Record<string, unknown> = {},
  ) =>
    deps.audit.record(tx, actor, {
      action,
      resource: { type: 'conversation', id: row.id },
      details: { profileId: row.profile_id, ...details },
    });

  async function set(
    actor: Actor,
    tx: Tx,
    row: ConversationRow,
    field: keyof typeof acts,
    value: Record<string, Json | boolean | string>,
  ): Promise<ConversationRow> {
    const now = clock.now();
    const patch = newsIn(row, patchOf(field, value));
    if (Object.keys(patch).length === 0) return row;
    const current = await editConversation(tx, row.id, { ...patch, updated_at: now });
    await tellPhone(tx, row, field, value);
    await events.recordAll(tx, [updated(current, changedBy(patch), 'api', now)]);
    await noteAct(tx, actor, row, acts[field], value);
    return current;
  }

  async function empty(actor: Actor, id: string, field: 'cleared' | 'deleted'): Promise<void> {
    await withConversation(actor, id, async (tx, row) => {
      const now = clock.now();
      const newest = await newestOf(tx, row.profile_id, row.chat);
      const { last_message_at: lastAt } = row;
      // A clock of the network may be ahead of ours: what is there now goes.
      const upTo = lastAt && lastAt > now ? lastAt : now;
      const value = { upTo: (lastAt ?? now).toISOString(), ...(newest && { newest: named(newest) }) };
      await clearing.begin(tx, row, { upTo, isDeleted: field === 'deleted', at: now, source: 'api' });
      await tellPhone(tx, row, field, JSON.parse(JSON.stringify(value)) as Json);
      await noteAct(tx, actor, row, acts[field]);
    });
  }

  return {
    archive: (actor: Actor, id: string, archived: boolean): Promise<ConversationRow> =>
      withConversation(actor, id, (tx, row) => set(actor, tx, row, 'archived', { archived })),

    /** Without `pinned` it changes sides. */
    pin: (actor: Actor, id: string, pinned: boolean | undefined): Promise<ConversationRow> =>
      withConversation(actor, id, (tx, row) =>
        set(actor, tx, row, 'pinned', { pinned: pinned ?? !row.is_pinned }),
      ),

    /** Without `muted` it changes sides, unless `until` says when it ends. */
    mute: (
      actor: Actor,
      id: string,
      how: { muted: boolean | undefined; until: Date | undefined },
    ): Promise<ConversationRow> =>
      withConversation(actor, id, (tx, row) => {
        const muted = how.muted ?? (how.until !== undefined || !row.is_muted);
        const until = muted && how.until ? { until: how.until.toISOString() } : {};
        return set(actor, tx, row, 'muted', { muted, ...until });
      }),

    read: (actor: Actor, id: string): Promise<void> =>
      withConversation(actor, id, async (tx, row) => {
        const wasUnread = row.unread_count > 0 || row.is_marked_unread;
        await deps.markRead(tx, id);
        if (!wasUnread) return;
        const upTo = row.last_message_at ?? clock.now();
        await tellPhone(tx, row, 'read', { read: true, upTo: upTo.toISOString() });
        if (!row.is_marked_unread) return;
        const current = { ...row, is_marked_unread: false, unread_count: 0 };
        await events.recordAll(tx, [updated(current, ['isMarkedUnread'], 'api', clock.now())]);
      }),

    unread: (actor: Actor, id: string): Promise<ConversationRow> =>
      withConversation(actor, id, (tx, row) => set(actor, tx, row, 'read', { read: false })),

    clear: (actor: Actor, id: string): Promise<void> => empty(actor, id, 'cleared'),
    remove: (actor: Actor, id: string): Promise<void> => empty(actor, id, 'deleted'),

    withConversation,
    tellPhone,
    noteAct,
  };
}

export type SetStates = ReturnType<typeof createSetStates>;
