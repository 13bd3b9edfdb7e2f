import type { FastifyPluginAsyncTypebox } from '@fastify/type-provider-typebox';
import type { Account } from '../accounts/account.ts';
import type { Network } from '../network.ts';
import type { Change } from '../phone/app-state/change.ts';
import { chatName } from '../phone/app-state/names.ts';
import { NothingThere } from '../phone/app-state/personal-state.ts';
import { type ChatPicture, isArchived } from '../phone/app-state/picture.ts';
import { RequestFailure } from './failures.ts';
import * as shared from './schemas.ts';
import * as schemas from './state-schemas.ts';
import { anyChatIn, phoneIn } from './who.ts';

const UNTOUCHED: ChatPicture = {
  mutedUntil: null,
  pinnedAt: null,
  archivedAt: null,
  markedUnread: false,
  locked: false,
};

async function describe(network: Network, account: Account) {
  const { states, picture, distrusted } = await network.phones.state(account);
  const name = (jid: string): string => chatName(network.directory, jid);
  const unread = new Map(network.phones.inbox.chats(account.number).map((each) => [each.chat, each.unread]));
  const touched = new Map([...picture.chats].map(([jid, chat]) => [name(jid), chat]));
  const chats = [...new Set([...unread.keys(), ...touched.keys()])].sort();
  const archived = (chat: string): boolean => {
    const newest = network.phones.inbox.newest(account.number, chat) * 1000;
    return isArchived(picture, touched.get(chat) ?? UNTOUCHED, newest);
  };
  return {
    name: account.name,
    chats: chats.map((chat) => {
      const { archivedAt: _, ...set } = touched.get(chat) ?? UNTOUCHED;
      return { chat, unread: unread.get(chat) ?? 0, ...set, archived: archived(chat) };
    }),
    contacts: [...picture.contacts].map(([jid, saved]) => ({ contact: name(jid), name: saved })),
    labels: [...picture.labels].map(([id, label]) => ({
      id,
      name: label.name,
      color: label.color,
      chats: [...label.chats].map(name),
      messages: [...label.messages].map((key) => {
        const [jid = '', message = ''] = key.split(' ');
        return { chat: name(jid), id: message };
      }),
    })),
    starred: [...picture.starred.values()].map(({ chat, id, fromMe }) => ({ chat: name(chat), id, fromMe })),
    quickReplies: [...picture.quickReplies].map(([id, reply]) => ({ id, ...reply })),
    settings: { unarchiveChats: picture.unarchiveChats, disableLinkPreviews: picture.disableLinkPreviews },
    versions: Object.fromEntries([...states].map(([collection, { version }]) => [collection, version])),
    distrusted,
  };
}

function normalized(network: Network, change: Change): Change {
  if ('chat' in change) return { ...change, chat: anyChatIn(network, change.chat) };
  if ('contact' in change) return { ...change, contact: anyChatIn(network, change.contact) };
  return change;
}

/** What a person sets for chats, contacts and itself: seen on the phone, and changed there. */
export function stateRoutes(network: () => Network): FastifyPluginAsyncTypebox {
  return async (app) => {
    const tags = ['State'];
    const params = shared.NumberParam;
    app.get(
      '/api/phones/:number/state',
      {
        schema: {
          tags,
          summary: 'What the person has set, on the phone or on any companion.',
          params,
          response: { 200: schemas.State, ...shared.refusals },
        },
      },
      async ({ params: { number } }) => describe(network(), phoneIn(network(), number)),
    );
    app.post(
      '/api/phones/:number/state',
      {
        schema: {
          tags,
          summary: 'The person changes one thing on the phone; the companions are told.',
          params,
          body: schemas.NewChange,
          response: { 200: schemas.State, ...shared.refusals },
        },
      },
      async ({ params: { number }, body }) => {
        const account = phoneIn(network(), number);
        try {
          await network().phones.change(account, normalized(network(), body));
        } catch (error) {
          if (error instanceof NothingThere) throw new RequestFailure(404, 'NOT_FOUND', error.message);
          throw error;
        }
        return describe(network(), account);
      },
    );
    app.post(
      '/api/phones/:number/state/snapshot',
      {
        schema: {
          tags,
          summary:
            'The phone uploads what it all adds up to; new companions are given that before what follows.',
          params,
          response: { 200: schemas.State, ...shared.refusals },
        },
      },
      async ({ params: { number } }) => {
        const account = phoneIn(network(), number);
        await network().phones.uploadState(account);
        return describe(network(), account);
      },
    );
  };
}
