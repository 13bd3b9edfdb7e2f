import type { Actor } from '../../platform/actor.ts';
import { type ChatId, chatKind, chatOfAddress } from '../../platform/chat-id.ts';
import { Failure } from '../../platform/failures.ts';
import type { ActAnswers, GroupAct, Order } from './acts.ts';
import type { GroupStore, ListedGroup, Actor as Sender } from './groups.store.ts';

export interface DeskDeps {
  store: Pick<GroupStore, 'actorOf' | 'find' | 'channel'>;
  /** Has it done by the node that has the profile. @throws Failure */
  perform(sender: Sender, order: Order): Promise<unknown>;
}

const called = { community: 'the roof', announcements: 'the announcement group', group: 'a group' };

/** Who asks, about which group, and whether that can be. */
export function createDesk({ store, perform }: DeskDeps) {
  /** @throws Failure PROFILE_NOT_FOUND */
  async function senderOf(actor: Actor, profileId: string): Promise<Sender> {
    const sender = await store.actorOf(actor, profileId);
    if (!sender) throw new Failure('PROFILE_NOT_FOUND');
    return sender;
  }

  function ask<Name extends GroupAct['act']>(
    actor: Actor,
    sender: Sender,
    act: Extract<GroupAct, { act: Name }>,
  ): Promise<ActAnswers[Name]> {
    const { organizationId, userId, apiKeyId, origin } = actor;
    const by = { organizationId, userId, ...(apiKeyId && { apiKeyId }), ...(origin && { origin }) };
    return perform(sender, { by, act }) as Promise<ActAnswers[Name]>;
  }

  /**
   * The group that is named, as we know it; asks WhatsApp for one that we do not know, and with `refresh` always.
   * @throws Failure GROUP_NOT_FOUND; NOT_AN_ORDINARY_GROUP for a channel, which is no group
   */
  async function groupOf(
    actor: Actor,
    sender: Sender,
    groupId: string,
    { refresh = false } = {},
  ): Promise<ListedGroup> {
    const chat = await groupChat(sender, groupId);
    const known = refresh ? undefined : await store.find(sender.id, chat);
    if (known) return known;
    if (sender.status !== 'connected' && !refresh) throw new Failure('GROUP_NOT_FOUND');
    const { found } = await ask(actor, sender, { act: 'look', chat });
    const row = found || refresh ? await store.find(sender.id, chat) : undefined;
    if (!row) throw new Failure('GROUP_NOT_FOUND');
    return row;
  }

  async function groupChat(sender: Sender, groupId: string): Promise<ChatId> {
    const chat = chatOfAddress(groupId);
    const kind = chat && chatKind(chat);
    if (chat && kind === 'newsletter' && (await store.channel(sender.id, chat))) {
      throw new Failure('NOT_AN_ORDINARY_GROUP', {
        says: 'This is a channel: it has a conversation of the type newsletter, and no participants that are shown.',
      });
    }
    if (!chat || kind !== 'group') throw new Failure('GROUP_NOT_FOUND');
    return chat;
  }

  return {
    /** The address of a group that is named. @throws Failure GROUP_NOT_FOUND, NOT_AN_ORDINARY_GROUP */
    chatOf: groupChat,
    senderOf,
    ask,
    groupOf,

    /** The group, to change something: we must be in it; `members` is for what communities don't have. @throws Failure */
    async changeable(actor: Actor, profileId: string, groupId: string, what: 'members' | 'any' = 'any') {
      const sender = await senderOf(actor, profileId);
      const group = await groupOf(actor, sender, groupId);
      if (group.left_at) throw new Failure('NOT_GROUP_MEMBER');
      if (what === 'members' && group.kind !== 'group') {
        throw new Failure('NOT_AN_ORDINARY_GROUP', {
          says: `This is ${called[group.kind]} of a community: its members come and go by the community’s groups.`,
        });
      }
      return { sender, group, chat: group.chat as ChatId };
    },
  };
}

export type Desk = ReturnType<typeof createDesk>;
