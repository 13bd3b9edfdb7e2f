import { cut, sliceOf } from '../../../http/list.ts';
import type { Actor } from '../../../platform/actor.ts';
import type { Clock } from '../../../platform/clock.ts';
import type { Db, Tx } from '../../../platform/db/transaction.ts';
import type { EventDefinition } from '../../../platform/events/define.ts';
import type { EventRecorder } from '../../../platform/events/record.ts';
import { Failure } from '../../../platform/failures.ts';
import {
  aboutConversation,
  noteCreated,
  noteDeleted,
  noteUpdated,
  updated,
} from '../conversations.events.ts';
import { presentConversation } from '../conversations.present.ts';
import { editConversation } from '../conversations.sql.ts';
import type { ConversationStore } from '../conversations.store.ts';
import type { ConversationRow, ConversationStatus } from '../conversations.tables.ts';
import type { SetStates } from '../states/set-states.ts';
import type { Assign } from './assign.ts';
import { type LabelStore, presentLabel } from './labels.store.ts';
import { type NoteRow, type NoteStore, presentNote } from './notes.store.ts';

/** What members of an organisation do about conversations; nothing of it is sent, but labels of WhatsApp to the phone. */
export function createInbox(deps: {
  db: Db;
  clock: Clock;
  events: EventRecorder;
  store: Pick<ConversationStore, 'find'>;
  labels: LabelStore;
  notes: NoteStore;
  assign: Assign['assign'];
  states: Pick<SetStates, 'withConversation' | 'tellPhone' | 'noteAct'>;
}) {
  const { clock, events, labels, notes } = deps;
  const { withConversation, tellPhone, noteAct } = deps.states;

  async function seen(actor: Actor, id: string): Promise<ConversationRow> {
    const row = await deps.store.find(actor, id);
    if (!row) throw new Failure('CONVERSATION_NOT_FOUND');
    return row;
  }

  async function tellOfNote(
    tx: Tx,
    row: ConversationRow,
    definition: EventDefinition,
    note: NoteRow,
  ): Promise<void> {
    const { about, organizationId, profileId } = aboutConversation(row, clock.now());
    const said = definition.name === noteDeleted.name ? {} : { authorId: note.author_id, text: note.text };
    const body = { ...about, noteId: note.id, ...said };
    await events.recordAll(tx, [{ organizationId, profileId, definition, body }]);
  }

  return {
    /** @param userId null: it is nobody's */
    assign: (actor: Actor, id: string, userId: string | null) =>
      withConversation(actor, id, async (tx, row) => {
        const previousUserId = row.assigned_user_id;
        const { row: current } = await deps.assign(tx, row, userId, actor.userId);
        if (current.assigned_user_id !== previousUserId) {
          await noteAct(tx, actor, row, 'conversation.assign', { userId, previousUserId });
        }
        return presentConversation(current);
      }),

    /** Of these labels those of WhatsApp are put on the chat on the phone, too, and the others of it taken off. */
    label: (actor: Actor, id: string, labelIds: readonly string[]) =>
      withConversation(actor, id, async (tx, row) => {
        const ids = [...new Set(labelIds)];
        const whose = { organizationId: row.organization_id, profileId: row.profile_id };
        const fitting = new Map((await labels.fitting(tx, whose, ids)).map((label) => [label.id, label]));
        const details = labelIds.flatMap((one, index) =>
          fitting.has(one)
            ? []
            : [{ path: `/labelIds/${index}`, problem: 'is no label of this conversation' }],
        );
        if (details.length > 0) throw new Failure('LABEL_NOT_FOUND', { details });
        const before = await labels.ofConversation(tx, id);
        const had = new Set(before.map((label) => label.id));
        const off = before.filter((label) => !fitting.has(label.id));
        const on = [...fitting.values()].filter((label) => !had.has(label.id));
        if (off.length + on.length > 0) {
          const now = clock.now();
          await labels.replace(tx, id, ids);
          for (const label of [...off, ...on]) {
            if (label.wa_label === null) continue;
            await tellPhone(tx, row, `label:${label.wa_label}`, { labelled: fitting.has(label.id) });
          }
          const current = await editConversation(tx, id, { updated_at: now });
          await events.recordAll(tx, [updated(current, ['labels'], 'api', now)]);
          const names = (some: { name: string }[]) => some.map(({ name }) => name);
          await noteAct(tx, actor, row, 'conversation.label', { on: names(on), off: names(off) });
        }
        return { success: true, labels: (await labels.ofConversation(tx, id)).map(presentLabel) };
      }),

    /** @param until when one that rests is open again */
    setStatus: (actor: Actor, id: string, status: ConversationStatus, until: Date | null) =>
      withConversation(actor, id, async (tx, row) => {
        const now = clock.now();
        const isSame =
          row.status === status && (row.snoozed_until?.getTime() ?? null) === (until?.getTime() ?? null);
        if (isSame) return presentConversation(row);
        const values = { status, snoozed_until: until, updated_at: now };
        const current = await editConversation(tx, id, values);
        await events.recordAll(tx, [updated(current, ['status', 'snoozedUntil'], 'api', now)]);
        await noteAct(tx, actor, row, 'conversation.status', { status });
        return presentConversation(current);
      }),

    notes: {
      async list(actor: Actor, id: string, query: { limit?: number; cursor?: string }) {
        await seen(actor, id);
        const slice = sliceOf(query);
        const rows = await notes.list(id, slice);
        const { shown, next } = cut(slice, rows, (row) => ({ at: row.created_at, id: row.id }));
        return { notes: shown.map(presentNote), cursor: next };
      },

      create: (actor: Actor, id: string, text: string) =>
        withConversation(actor, id, async (tx, row) => {
          const note = await notes.insert(tx, row, { authorId: actor.userId, text, now: clock.now() });
          await tellOfNote(tx, row, noteCreated, note);
          await noteAct(tx, actor, row, 'conversation.note_create', { noteId: note.id });
          return presentNote(note);
        }),

      update: (actor: Actor, id: string, noteId: string, text: string) =>
        withConversation(actor, id, async (tx, row) => {
          const note = await notes.update(tx, id, noteId, { text, updated_at: clock.now() });
          if (!note) throw new Failure('NOTE_NOT_FOUND');
          await tellOfNote(tx, row, noteUpdated, note);
          await noteAct(tx, actor, row, 'conversation.note_update', { noteId });
          return presentNote(note);
        }),

      remove: (actor: Actor, id: string, noteId: string) =>
        withConversation(actor, id, async (tx, row) => {
          const note = await notes.remove(tx, id, noteId);
          if (!note) throw new Failure('NOTE_NOT_FOUND');
          await tellOfNote(tx, row, noteDeleted, note);
          await noteAct(tx, actor, row, 'conversation.note_delete', { noteId });
        }),
    },
  };
}

export type Inbox = ReturnType<typeof createInbox>;
