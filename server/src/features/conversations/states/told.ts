import type { StateChange } from '../../../engines/port.ts';
import type { Clock } from '../../../platform/clock.ts';
import type { Json } from '../../../platform/db/json-column.ts';
import type { Tx } from '../../../platform/db/transaction.ts';
import type { EventRecorder } from '../../../platform/events/record.ts';
import type { JobQueue } from '../../../platform/jobs/jobs.ts';
import { updated } from '../conversations.events.ts';
import { editConversation, lockAll } from '../conversations.sql.ts';
import type { ConversationRow } from '../conversations.tables.ts';
import { forgetLabel, keepLabel, labelChat } from '../inbox/labels.store.ts';
import { conversationsOfChats } from '../known-chats.store.ts';
import { changedBy, momentOf, newsIn, patchOf } from './apply-state.ts';
import { type ChatState, dropStars, keepTold } from './chat-states.store.ts';
import type { Clearing } from './clearing.ts';
import type { StateField } from './states.tables.ts';

interface Whose {
  organizationId: string;
  profileId: string;
}

/** What the told state needs of messages. */
export interface StateDeps {
  clock: Clock;
  events: EventRecorder;
  jobs: JobQueue;
  clearing: Clearing;
  /** Marks as read what came in up to a moment; its senders know. */
  readElsewhere(tx: Tx, conversationId: string, upTo: Date): Promise<ConversationRow>;
}

type OfChat = Extract<
  StateChange,
  { kind: 'archived' | 'muted' | 'pinned' | 'read' | 'cleared' | 'deleted' | 'labelled' }
>;
const kindsOfChat: readonly string[] = [
  'archived',
  'muted',
  'pinned',
  'read',
  'cleared',
  'deleted',
  'labelled',
];
const isOfChat = (change: StateChange): change is OfChat => kindsOfChat.includes(change.kind);

/**
 * What other devices of the account have set, in the caller's transaction. Of two settings the later one holds, whoever
 * told it first; what is set for a chat without a conversation waits for one. Told twice it changes nothing.
 */
export function createStateTold(deps: StateDeps) {
  const { clock, events } = deps;

  /** Applies one setting to its conversation, which is locked; answers the row as it is then. */
  async function apply(tx: Tx, row: ConversationRow, state: ChatState): Promise<ConversationRow> {
    const { field, value, at } = state;
    const now = clock.now();
    const upTo = momentOf(value.upTo) ?? at;
    let current = row;
    if (field.startsWith('label:')) return labelled(tx, row, field.slice('label:'.length), value, now);
    if (field === 'cleared' || field === 'deleted') {
      // What was cleared before there was a conversation is not in it.
      if (at <= row.created_at) return row;
      const isDeleted = field === 'deleted';
      return deps.clearing.begin(tx, row, { upTo, isDeleted, at, source: 'phone' });
    }
    if (field === 'read' && value.read !== false && row.unread_count > 0) {
      current = await deps.readElsewhere(tx, row.id, upTo);
    }
    const patch = newsIn(current, patchOf(field, value));
    if (Object.keys(patch).length === 0) return current;
    current = await editConversation(tx, row.id, { ...patch, updated_at: now });
    await events.recordAll(tx, [updated(current, changedBy(patch), 'phone', now)]);
    return current;
  }

  async function labelled(
    tx: Tx,
    row: ConversationRow,
    label: string,
    value: Json,
    now: Date,
  ): Promise<ConversationRow> {
    const whose = { organizationId: row.organization_id, profileId: row.profile_id };
    const isNews = await labelChat(tx, whose, row.id, { label, isOn: value.labelled === true, now });
    if (isNews) await events.recordAll(tx, [updated(row, ['labels'], 'phone', now)]);
    return row;
  }

  return {
    async told(tx: Tx, whose: Whose, changes: readonly StateChange[]): Promise<void> {
      const ofChats = changes.filter(isOfChat);
      // Also those of messages, which are changed afterwards: all are locked at once.
      const chats = [...new Set(changes.flatMap((change) => ('chat' in change ? change.chat : [])))];
      const known = chats.length > 0 ? await conversationsOfChats(tx, whose.profileId, chats) : new Map();
      const ids = [...new Set([...known.values()].map(({ id }) => id))].sort();
      const rows = new Map((await lockAll(tx, ids)).map((row) => [row.id, row]));
      for (const change of changes) {
        if (change.kind !== 'label') continue;
        const { label, name, color, at } = change;
        if (name === null) await forgetLabel(tx, whose, label);
        else await keepLabel(tx, whose, { label, name, color, now: at });
      }
      const stars = changes.flatMap((change) => (change.kind === 'starred' ? [change] : []));
      const named = stars.map(({ chat, id, at }) => ({ chat: known.get(chat)?.chat ?? chat, id, at }));
      await dropStars(tx, whose.profileId, named);
      const latest = new Map<string, ChatState & { conversationId: string | undefined }>();
      for (const change of ofChats) {
        const found = known.get(change.chat);
        const row = found && rows.get(found.id);
        const state = { ...stateOf(change), chat: row?.chat ?? change.chat, conversationId: row?.id };
        const key = `${state.chat} ${state.field}`;
        const other = latest.get(key);
        if (!other || other.at <= state.at) latest.set(key, state);
      }
      const states = [...latest.values()].sort((a, b) => a.at.getTime() - b.at.getTime());
      const news = await keepTold(tx, whose, states);
      for (const state of states) {
        const row = state.conversationId && rows.get(state.conversationId);
        if (row && news.has(`${state.chat} ${state.field}`)) rows.set(row.id, await apply(tx, row, state));
      }
    },
  };
}

function stateOf(change: OfChat): ChatState & { field: StateField } {
  const { chat, at } = change;
  switch (change.kind) {
    case 'archived':
      return { chat, at, field: 'archived', value: { archived: change.archived } };
    case 'pinned':
      return { chat, at, field: 'pinned', value: { pinned: change.pinned } };
    case 'muted':
      return { chat, at, field: 'muted', value: { muted: change.muted, ...moment('until', change.until) } };
    case 'read':
      return { chat, at, field: 'read', value: { read: change.read, ...moment('upTo', change.upTo) } };
    case 'labelled':
      return { chat, at, field: `label:${change.label}`, value: { labelled: change.labelled } };
    default:
      return { chat, at, field: change.kind, value: { ...moment('upTo', change.upTo) } };
  }
}

const moment = (name: string, at: Date | undefined) => (at ? { [name]: at.toISOString() } : {});
