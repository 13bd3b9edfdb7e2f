import { randomBytes } from 'node:crypto';
import type { FastifyPluginAsyncTypebox } from '@fastify/type-provider-typebox';
import type { Static } from 'typebox';
import type { Account } from '../accounts/account.ts';
import type { Network } from '../network.ts';
import { chatJid } from '../phone/app-state/names.ts';
import { MadePast } from '../phone/history/made-past.ts';
import type { Inbox } from '../phone/inbox.ts';
import { RequestFailure } from './failures.ts';
import * as schemas from './history-schemas.ts';
import * as shared from './schemas.ts';
import { anyChatIn, numberIn, phoneIn } from './who.ts';

const PAST_MS = 90 * 86_400_000;
const A_TURN = 200;

type PastMessage = Static<typeof schemas.PastMessages>['messages'][number];

/** The message as the phone keeps it; refuses what nobody could have written. */
function kept(network: Network, account: Account, message: PastMessage): Parameters<Inbox['add']>[1] {
  const { text, timestamp, fromMe = false, read = true } = message;
  const chat = anyChatIn(network, message.chat);
  const isGroup = chat.includes('@');
  if (isGroup && !fromMe && message.from === undefined) {
    throw new RequestFailure(400, 'VALIDATION_ERROR', `A message in the group ${chat} needs "from".`);
  }
  const other = isGroup ? numberIn(message.from ?? account.number) : chat;
  const from = fromMe ? account.number : network.directory.ensure(other).number;
  const id = message.id ?? `3EB0${randomBytes(9).toString('hex').toUpperCase()}`;
  const status = fromMe || read ? 'read' : 'received';
  const peer = chatJid(network.directory, chat);
  const content = { conversation: text };
  const shown = { chat, id, from, fromMe, type: 'text', text, status, timestamp } as const;
  return { ...shown, peer, content };
}

/** The past of a phone: what it shows and tells new companions, though it never passed through this network. */
export function historyRoutes(network: () => Network): FastifyPluginAsyncTypebox {
  return async (app) => {
    const tags = ['History'];
    const params = shared.NumberParam;
    app.post(
      '/api/phones/:number/history',
      {
        schema: {
          tags,
          summary: 'Make up a past on this phone, the same for the same seed. Nobody else learns of it.',
          params,
          body: schemas.NewPast,
          response: { 200: schemas.MadePast, ...shared.refusals },
        },
      },
      async ({ params: { number }, body }) => {
        const account = phoneIn(network(), number);
        const { until = Date.now() } = body;
        const { from = Math.max(0, until - PAST_MS) } = body;
        if (from > until) throw new RequestFailure(400, 'VALIDATION_ERROR', '"from" is later than "until".');
        const { directory, phones } = network();
        return new MadePast({ directory, inbox: phones.inbox }).make(account, { ...body, from, until });
      },
    );
    app.post(
      '/api/phones/:number/history/import',
      {
        schema: {
          tags,
          summary: 'Add messages of the past to this phone. Nobody else learns of them.',
          params,
          body: schemas.PastMessages,
          response: { 200: schemas.Imported, ...shared.refusals },
        },
      },
      async ({ params: { number }, body: { messages } }) => {
        const account = phoneIn(network(), number);
        const { inbox } = network().phones;
        let added = 0;
        for (const [index, message] of messages.map((each) => kept(network(), account, each)).entries()) {
          if (inbox.add(account.number, message)) added += 1;
          if (index % A_TURN === A_TURN - 1) await new Promise((resolve) => setImmediate(resolve));
        }
        return { added, known: messages.length - added };
      },
    );
  };
}
