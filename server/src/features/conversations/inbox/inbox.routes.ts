import Type from 'typebox';
import { failsWith } from '../../../http/fails-with.ts';
import { byId, pathId } from '../../../http/path-id.ts';
import { given, Success } from '../../../http/schema.ts';
import type { Clock } from '../../../platform/clock.ts';
import { Failure } from '../../../platform/failures.ts';
import type { App } from '../../../platform/feature.ts';
import { Label, WholeConversation } from '../conversations.schema.ts';
import { futureMoment } from '../future-moment.ts';
import * as wire from './inbox.schema.ts';
import type { Inbox } from './inbox.service.ts';
import type { Labels } from './labels.service.ts';

const tags = ['Conversations'];
const description = 'This goes beyond the specification.';
const params = byId('CONVERSATION_NOT_FOUND');
const noteParams = Type.Object({ ...params.properties, noteId: pathId('NOTE_NOT_FOUND') });
const refused = failsWith('VALIDATION_ERROR', 'CONVERSATION_NOT_FOUND');

/** What an inbox does about conversations. */
export function inboxRoutes(app: App, inbox: Inbox, clock: Clock): void {
  app.put(
    '/conversations/:id/assign',
    {
      config: { access: 'conversation:assign' },
      schema: {
        ...{ tags, description, params, body: wire.AssignBody },
        summary: 'Give a conversation to a member, or to nobody.',
        response: {
          200: WholeConversation,
          ...failsWith(
            'VALIDATION_ERROR',
            'CONVERSATION_NOT_FOUND',
            'MEMBER_NOT_FOUND',
            'MEMBER_OUT_OF_REACH',
          ),
        },
      },
    },
    async ({ actor, params: { id }, body }) => inbox.assign(actor, id, body.userId),
  );

  app.put(
    '/conversations/:id/labels',
    {
      config: { access: 'message:send' },
      schema: {
        ...{ tags, params, body: wire.LabelsOfBody },
        summary: 'Say which labels a conversation has.',
        description: `Labels of WhatsApp are set on the phone, too. ${description}`,
        response: {
          200: wire.LabelsOf,
          ...failsWith('VALIDATION_ERROR', 'CONVERSATION_NOT_FOUND', 'LABEL_NOT_FOUND'),
        },
      },
    },
    async ({ actor, params: { id }, body }) => inbox.label(actor, id, body.labelIds),
  );

  app.put(
    '/conversations/:id/status',
    {
      config: { access: 'message:send' },
      schema: {
        ...{ tags, params, body: wire.StatusBody },
        summary: 'Close a conversation, open it, or let it rest until a moment.',
        description: `One that rests is open again at that moment. ${description}`,
        response: { 200: WholeConversation, ...refused },
      },
    },
    async ({ actor, params: { id }, body: { status, until } }) => {
      const moment = futureMoment(given(until), '/until', clock) ?? null;
      if ((status === 'snoozed') !== (moment !== null)) {
        const problem = moment ? 'goes with `snoozed` only' : 'is needed to snooze';
        throw new Failure('VALIDATION_ERROR', { details: [{ path: '/until', problem }] });
      }
      return inbox.setStatus(actor, id, status, moment);
    },
  );

  app.get(
    '/conversations/:id/notes',
    {
      config: { access: 'message:read' },
      schema: {
        ...{ tags, description, params, querystring: wire.NotesQuery },
        summary: 'List the internal notes about a conversation, the newest first.',
        response: { 200: wire.NoteList, ...refused },
      },
    },
    async ({ actor, params: { id }, query: { limit, cursor } }) =>
      inbox.notes.list(actor, id, { ...(limit !== undefined && { limit }), ...(cursor && { cursor }) }),
  );

  app.post(
    '/conversations/:id/notes',
    {
      config: { access: 'message:send' },
      schema: {
        ...{ tags, description, params, body: wire.NoteBody },
        summary: 'Write an internal note about a conversation; it is never sent.',
        response: { 201: wire.Note, ...refused },
      },
    },
    async ({ actor, params: { id }, body }, reply) => {
      reply.status(201);
      return inbox.notes.create(actor, id, body.text);
    },
  );

  const missingNote = failsWith('CONVERSATION_NOT_FOUND', 'NOTE_NOT_FOUND');
  app.put(
    '/conversations/:id/notes/:noteId',
    {
      config: { access: 'message:send' },
      schema: {
        ...{ tags, description, params: noteParams, body: wire.NoteBody },
        summary: 'Change an internal note.',
        response: {
          200: wire.Note,
          ...failsWith('VALIDATION_ERROR', 'CONVERSATION_NOT_FOUND', 'NOTE_NOT_FOUND'),
        },
      },
    },
    async ({ actor, params: { id, noteId }, body }) => inbox.notes.update(actor, id, noteId, body.text),
  );

  app.delete(
    '/conversations/:id/notes/:noteId',
    {
      config: { access: 'message:send' },
      schema: {
        ...{ tags, description, params: noteParams },
        summary: 'Delete an internal note.',
        response: { 200: Success, ...missingNote },
      },
    },
    async ({ actor, params: { id, noteId } }) => {
      await inbox.notes.remove(actor, id, noteId);
      return { success: true };
    },
  );
}

/** `/labels`: those of the organisation, beside those of WhatsApp. */
export function labelRoutes(app: App, labels: Labels): void {
  const byLabel = byId('LABEL_NOT_FOUND');
  app.get(
    '/labels',
    {
      config: { access: 'message:read' },
      schema: {
        ...{ tags, description },
        summary: 'List the labels that conversations can have; `source` tells ours from those of WhatsApp.',
        response: { 200: Type.Array(Label) },
      },
    },
    async ({ actor }) => labels.list(actor),
  );

  app.post(
    '/labels',
    {
      config: { access: 'label:manage' },
      schema: {
        ...{ tags, description, body: wire.LabelBody },
        summary: 'Make a label.',
        response: { 201: Label, ...failsWith('VALIDATION_ERROR', 'LABEL_EXISTS', 'LABELS_FULL') },
      },
    },
    async ({ actor, body }, reply) => {
      reply.status(201);
      return labels.create(actor, { name: body.name, color: given(body.color) });
    },
  );

  app.put(
    '/labels/:id',
    {
      config: { access: 'label:manage' },
      schema: {
        ...{ tags, description, params: byLabel, body: wire.LabelChange },
        summary: 'Rename or recolour a label of ours.',
        response: { 200: Label, ...failsWith('VALIDATION_ERROR', 'LABEL_NOT_FOUND', 'LABEL_EXISTS') },
      },
    },
    async ({ actor, params: { id }, body }) => labels.update(actor, id, body),
  );

  app.delete(
    '/labels/:id',
    {
      config: { access: 'label:manage' },
      schema: {
        ...{ tags, description, params: byLabel },
        summary: 'Delete a label of ours; no conversation has it any more.',
        response: { 200: Success, ...failsWith('LABEL_NOT_FOUND') },
      },
    },
    async ({ actor, params: { id } }) => {
      await labels.remove(actor, id);
      return { success: true };
    },
  );
}
