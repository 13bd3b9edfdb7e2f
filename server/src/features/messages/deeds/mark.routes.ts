import Type from 'typebox';
import { failsWith } from '../../../http/fails-with.ts';
import type { App } from '../../../platform/feature.ts';
import { originOf } from '../origin.ts';
import { PreferHeader, waitOf } from '../prefer.ts';
import * as wire from './deeds.schema.ts';
import type { DeedDesk } from './desk.ts';

const params = Type.Object({ id: wire.messageId });
const config = { access: 'message:send', idempotent: 'in-transaction' } as const;
const refusals = [
  'INVALID_RECIPIENT',
  'NOT_GROUP_MEMBER',
  'MESSAGE_NOT_FOUND',
  'MESSAGE_REVOKED',
  'MESSAGE_NOT_SENT',
] as const;
const beyond = 'It shows once WhatsApp has it. This goes beyond the specification.';

/** Marks that a message has for everybody in its chat: pinned, and kept. */
export function markRoutes(app: App, desk: DeedDesk): void {
  app.put(
    '/messages/:id/pin',
    {
      config,
      schema: {
        tags: ['Messages'],
        summary: 'Pin a message for everybody in its chat, for a day, a week or 30 days.',
        description: `Phones show three pinned messages of a chat, the latest. ${beyond}`,
        params,
        headers: PreferHeader,
        body: wire.PinBody,
        response: { 200: wire.DeedAnswer, ...failsWith(...refusals, 'NOT_GROUP_ADMIN') },
      },
    },
    async ({ actor, params: { id: messageId }, body, headers, idempotency }) => {
      const seconds = wire.pinSeconds[body.duration ?? '7d'];
      const how = { waitSeconds: waitOf(headers.prefer), claim: idempotency };
      return desk.pin(actor, { messageId, seconds, origin: originOf(actor) }, how);
    },
  );

  app.delete(
    '/messages/:id/pin',
    {
      config,
      schema: {
        tags: ['Messages'],
        summary: 'Take the pin off a message.',
        description: beyond,
        params,
        headers: PreferHeader,
        response: { 200: wire.DeedAnswer, ...failsWith(...refusals, 'NOT_GROUP_ADMIN') },
      },
    },
    async ({ actor, params: { id: messageId }, headers, idempotency }) => {
      const how = { waitSeconds: waitOf(headers.prefer), claim: idempotency };
      return desk.pin(actor, { messageId, seconds: 0, origin: originOf(actor) }, how);
    },
  );

  for (const [method, kept] of [
    ['put', true],
    ['delete', false],
  ] as const) {
    app[method](
      '/messages/:id/keep',
      {
        config,
        schema: {
          tags: ['Messages'],
          summary: kept
            ? 'Keep a message that disappears, for everybody in its chat.'
            : 'Let a kept message disappear again.',
          description: beyond,
          params,
          headers: PreferHeader,
          response: { 200: wire.DeedAnswer, ...failsWith(...refusals, 'MESSAGE_NOT_DISAPPEARING') },
        },
      },
      async ({ actor, params: { id: messageId }, headers, idempotency }) => {
        const how = { waitSeconds: waitOf(headers.prefer), claim: idempotency };
        return desk.keep(actor, { messageId, kept, origin: originOf(actor) }, how);
      },
    );
  }
}
