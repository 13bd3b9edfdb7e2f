import { failsWith } from '../../../http/fails-with.ts';
import { byId } from '../../../http/path-id.ts';
import { given, Success } from '../../../http/schema.ts';
import type { Clock } from '../../../platform/clock.ts';
import type { App } from '../../../platform/feature.ts';
import { futureMoment } from '../future-moment.ts';
import type { SetStates } from './set-states.ts';
import * as wire from './states.schema.ts';

const tags = ['Conversations'];
const params = byId('CONVERSATION_NOT_FOUND');
const missing = failsWith('CONVERSATION_NOT_FOUND');
const refused = failsWith('VALIDATION_ERROR', 'CONVERSATION_NOT_FOUND');
const synced = 'Holds here at once, and on the phone as soon as the profile is connected.';
const config = { access: 'message:send' } as const;

/** What is set for conversations, on which all devices of the account agree. */
export function stateRoutes(app: App, states: SetStates, clock: Clock): void {
  const plain = [
    ['archive', true, 'Archive a conversation.'],
    ['unarchive', false, 'Take a conversation out of the archive.'],
  ] as const;
  for (const method of ['put', 'post'] as const) {
    // Shipped clients post what the specification puts.
    const isAlias = method === 'post';
    const tagged = isAlias ? ['Compatibility'] : tags;
    for (const [word, archived, summary] of plain) {
      app[method](
        `/conversations/:id/${word}`,
        {
          config,
          schema: {
            ...{ tags: tagged, summary, description: synced, params },
            response: { 200: wire.Archived, ...missing },
          },
        },
        async ({ actor, params: { id } }) => {
          const { is_archived: isArchived } = await states.archive(actor, id, archived);
          return { success: true, isArchived };
        },
      );
    }
    app[method](
      '/conversations/:id/read',
      {
        config,
        schema: {
          ...{ tags: tagged, params, description: synced },
          summary: 'Mark a conversation as read, here and for the people who wrote.',
          response: { 200: Success, ...missing },
        },
      },
      async ({ actor, params: { id } }) => {
        await states.read(actor, id);
        return { success: true };
      },
    );
  }

  app.put(
    '/conversations/:id/unread',
    {
      config,
      schema: {
        ...{ tags, params, description: `${synced} This goes beyond the specification.` },
        summary: 'Mark a conversation as unread, to come back to it.',
        response: { 200: Success, ...missing },
      },
    },
    async ({ actor, params: { id } }) => {
      await states.unread(actor, id);
      return { success: true };
    },
  );

  app.put(
    '/conversations/:id/mute',
    {
      config,
      schema: {
        ...{ tags, params, description: synced, body: wire.MuteBody },
        summary: 'Mute a conversation, for ever or until a moment; without a body it changes sides.',
        response: { 200: wire.Muted, ...refused },
      },
    },
    async ({ actor, params: { id }, body }) => {
      const until = futureMoment(given(body.until), '/until', clock);
      const row = await states.mute(actor, id, { muted: given(body.muted), until });
      return { success: true, isMuted: row.is_muted, mutedUntil: row.muted_until?.toISOString() ?? null };
    },
  );

  app.put(
    '/conversations/:id/pin',
    {
      config,
      schema: {
        ...{ tags, params, description: synced, body: wire.PinBody },
        summary: 'Pin a conversation to the top, or not; without a body it changes sides.',
        response: { 200: wire.Pinned, ...refused },
      },
    },
    async ({ actor, params: { id }, body }) => {
      const { is_pinned: isPinned } = await states.pin(actor, id, given(body.pinned));
      return { success: true, isPinned };
    },
  );

  const removes = { access: 'message:delete' } as const;
  app.delete(
    '/conversations/:id',
    {
      config: removes,
      schema: {
        ...{ tags, params },
        summary: 'Delete a conversation with all its messages.',
        description: `${synced} Files that nobody else refers to go as well; a new message begins it anew.`,
        response: { 200: Success, ...missing },
      },
    },
    async ({ actor, params: { id } }) => {
      await states.remove(actor, id);
      return { success: true };
    },
  );

  app.delete(
    '/conversations/:id/messages',
    {
      config: removes,
      schema: {
        ...{ tags, params },
        summary: 'Delete all messages of a conversation.',
        description: `${synced} What still waits to be sent stays; what the phone tells of the past brings none back.`,
        response: { 200: Success, ...missing },
      },
    },
    async ({ actor, params: { id } }) => {
      await states.clear(actor, id);
      return { success: true };
    },
  );
}
