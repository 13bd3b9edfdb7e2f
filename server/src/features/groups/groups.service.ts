import { setTimeout as pause } from 'node:timers/promises';
import type { GroupSettings, MemberAction } from '../../engines/port.ts';
import type { Actor } from '../../platform/actor.ts';
import { type ChatId, chatKind, tryParseChatId } from '../../platform/chat-id.ts';
import { Failure, type Problem } from '../../platform/failures.ts';
import type { Slice } from '../../platform/slice.ts';
import type { ActResult } from './acts.ts';
import type { Desk } from './desk.ts';
import { codeOf, linkOf, presentGroup, presentMember, presentResult } from './groups.present.ts';
import type { GroupStore, ListedGroup, Actor as Sender } from './groups.store.ts';
import type { Invitations } from './invitations.ts';

/** So long a profile takes at most to go over to another node, which looks at all its groups first. */
const goingOverMsMax = 20_000;
const lookMs = 200;
/** More than the largest group has. */
const membersMax = 10_000;

export interface GroupServiceDeps {
  store: GroupStore;
  desk: Desk;
  invitations: Invitations;
  defaultCountry: string;
}

/** Groups as clients ask for them. */
export function createGroupService({ store, desk, invitations, defaultCountry }: GroupServiceDeps) {
  const { senderOf, ask, groupOf, changeable } = desk;

  function people(
    written: readonly string[],
    sender: Sender,
  ): { chats: ChatId[]; unique: Map<string, ChatId> } {
    const country = sender.defaultCountry ?? defaultCountry;
    const problems: Problem[] = [];
    const unique = new Map<string, ChatId>();
    for (const [index, one] of written.entries()) {
      const chat = tryParseChatId(one, country);
      if (chat && chatKind(chat) === 'user') unique.set(one, chat);
      else {
        const problem = 'must be a phone number with country code or the id of a person';
        problems.push({ path: `/participants/${index}`, problem });
      }
    }
    if (problems.length > 0) throw new Failure('VALIDATION_ERROR', { details: problems });
    return { chats: [...new Set(unique.values())], unique };
  }

  /** Results in the order and the words of the request; whoever can't be added is invited, if that is wanted. */
  async function resultsOf(
    actor: Actor,
    sender: Sender,
    group: ListedGroup,
    {
      unique,
      results,
      sendInvite,
    }: { unique: Map<string, ChatId>; results: readonly ActResult[]; sendInvite?: boolean },
  ) {
    const byChat = new Map(results.map((result) => [result.asked, result]));
    const isPrivate = results.some(({ invitation }) => invitation !== undefined);
    const link = isPrivate ? await linkTo(actor, sender, group.chat as ChatId) : null;
    const sent = isPrivate && sendInvite ? await invitations.send(actor, group, results) : undefined;
    return [...unique].flatMap(([written, person]) => {
      const result = byChat.get(person);
      return result ? [presentResult(written, result, { link, messageId: sent?.get(person) ?? null })] : [];
    });
  }

  /** A group that was just made. When its profile went over to another node meanwhile, that one finds it. */
  async function soonKnown(sender: Sender, chat: ChatId): Promise<ListedGroup> {
    for (let leftMs = goingOverMsMax; ; leftMs -= lookMs) {
      const group = await store.find(sender.id, chat);
      if (group) return group;
      if (leftMs <= 0) {
        const says = `The group was made (${chat}) and is shown once its profile is connected again.`;
        throw new Failure('UNAVAILABLE', { says });
      }
      await pause(lookMs);
    }
  }

  /** The link of the group, where we may see it. */
  async function linkTo(actor: Actor, sender: Sender, chat: ChatId): Promise<string | null> {
    try {
      return linkOf((await ask(actor, sender, { act: 'link', chat, anew: false })).code);
    } catch (error) {
      if (error instanceof Failure) return null;
      throw error;
    }
  }

  return {
    /** At once, from what we know. @throws Failure PROFILE_NOT_FOUND */
    async list(
      actor: Actor,
      profileId: string,
      filter: { search?: string | undefined; left: boolean },
      slice: Slice,
    ) {
      const sender = await senderOf(actor, profileId);
      return store.list(sender.id, filter, slice);
    },
    present: presentGroup,

    async get(
      actor: Actor,
      { profileId, groupId, refresh }: { profileId: string; groupId: string; refresh: boolean },
    ) {
      const sender = await senderOf(actor, profileId);
      const read = async () => store.whole(sender.id, await desk.chatOf(sender, groupId), membersMax);
      let group = refresh ? undefined : await read();
      if (!group) {
        await groupOf(actor, sender, groupId, { refresh });
        group = await read();
      }
      if (!group) throw new Failure('GROUP_NOT_FOUND');
      const participants = group.members.map(presentMember);
      return { ...presentGroup(group), participantsCount: participants.length, participants };
    },

    async participants(
      actor: Actor,
      which: { profileId: string; groupId: string; role?: string | undefined },
      page: { limit: number; offset: number },
    ) {
      const sender = await senderOf(actor, which.profileId);
      const group = await groupOf(actor, sender, which.groupId);
      const rows = await store.members(group, { ...page, role: which.role });
      return rows.map(presentMember);
    },

    async create(
      actor: Actor,
      body: {
        profileId: string;
        name: string;
        participants: string[];
        description?: string | null;
        sendInvite?: boolean;
      },
    ) {
      const sender = await senderOf(actor, body.profileId);
      const { chats, unique } = people(body.participants, sender);
      const subject = nameIn(body.name);
      const description = body.description || null;
      const made = await ask(actor, sender, { act: 'create', subject, description, people: chats });
      const group = await soonKnown(sender, made.chat);
      const warnings = made.describeFailed
        ? [`The group was made, but not its description: ${made.describeFailed}`]
        : [];
      const { sendInvite = false } = body;
      const results = await resultsOf(actor, sender, group, { unique, results: made.results, sendInvite });
      return { ...presentGroup(group), results, warnings };
    },

    async set(actor: Actor, profileId: string, groupId: string, settings: Partial<GroupSettings>) {
      const { sender, chat } = await changeable(actor, profileId, groupId);
      if (settings.subject !== undefined) settings.subject = nameIn(settings.subject);
      if (Object.keys(settings).length > 0) await ask(actor, sender, { act: 'set', chat, settings });
      return { success: true };
    },

    async members(
      actor: Actor,
      groupId: string,
      action: MemberAction,
      body: { profileId: string; participants: string[]; sendInvite?: boolean },
    ) {
      const { sender, group, chat } = await changeable(actor, body.profileId, groupId, 'members');
      const { chats, unique } = people(body.participants, sender);
      const { results } = await ask(actor, sender, { act: 'members', chat, action, people: chats });
      const { sendInvite = false } = body;
      const shown = await resultsOf(actor, sender, group, { unique, results, sendInvite });
      const done = shown.filter(({ outcome }) => outcome === 'done');
      return {
        success: shown.some(({ outcome }) => outcome === 'done' || outcome === 'already'),
        done: done.map(({ participant }) => participant),
        results: shown,
      };
    },

    async leave(actor: Actor, profileId: string, groupId: string) {
      const { sender, chat } = await changeable(actor, profileId, groupId);
      await ask(actor, sender, { act: 'leave', chat });
      return { success: true };
    },

    async inviteLink(actor: Actor, profileId: string, groupId: string, { anew }: { anew: boolean }) {
      const { sender, chat } = await changeable(actor, profileId, groupId);
      const { code } = await ask(actor, sender, { act: 'link', chat, anew });
      return { link: linkOf(code), code };
    },

    async preview(actor: Actor, profileId: string, invite: string) {
      const sender = await senderOf(actor, profileId);
      const code = codeOf(invite);
      if (!code) throw new Failure('INVITE_NOT_FOUND');
      const { group } = await ask(actor, sender, { act: 'preview', code });
      return {
        id: group.chat,
        name: group.subject,
        description: group.description,
        owner: group.owner?.phone ?? group.owner?.lid ?? null,
        createdAt: group.createdAt,
        participantsCount: group.memberCount,
        type: group.kind,
        joinApproval: group.adminsApprove,
      };
    },

    async join(actor: Actor, profileId: string, invite: string) {
      const sender = await senderOf(actor, profileId);
      const { chat, waits } = await ask(actor, sender, { act: 'join', code: inviteCode(invite) });
      return { success: true, groupId: chat, joined: !waits };
    },

    /** Follows an invitation that came as a message. */
    async accept(actor: Actor, profileId: string, messageId: string) {
      const sender = await senderOf(actor, profileId);
      const invitation = await invitations.read(actor, sender.id, messageId);
      await ask(actor, sender, { act: 'accept', ...invitation });
      return { success: true, groupId: invitation.chat, joined: true };
    },

    async requests(actor: Actor, profileId: string, groupId: string) {
      const { sender, chat } = await changeable(actor, profileId, groupId);
      const { requests } = await ask(actor, sender, { act: 'requests', chat });
      return requests.map(({ person, how, at }) => ({
        id: person.phone ?? person.lid ?? '',
        phone: person.phone?.replace(/@.*/, '') ?? null,
        how,
        requestedAt: at,
      }));
    },

    async decide(
      actor: Actor,
      groupId: string,
      action: 'approve' | 'reject',
      body: { profileId: string; participants: string[] },
    ) {
      const { sender, group, chat } = await changeable(actor, body.profileId, groupId);
      const { chats, unique } = people(body.participants, sender);
      const { results } = await ask(actor, sender, { act: 'decide', chat, action, people: chats });
      const shown = await resultsOf(actor, sender, group, { unique, results });
      return { success: shown.some(({ outcome }) => outcome === 'done'), results: shown };
    },
  };
}

export type GroupService = ReturnType<typeof createGroupService>;

function nameIn(name: string): string {
  const subject = name.trim();
  const length = [...subject].length;
  if (length >= 1 && length <= 100) return subject;
  const problem = length === 0 ? 'is blank' : `has ${length} characters; WhatsApp takes 100`;
  throw new Failure('VALIDATION_ERROR', { details: [{ path: '/name', problem }] });
}

function inviteCode(invite: string): string {
  const code = codeOf(invite);
  if (code) return code;
  const problem = 'is no invite link of WhatsApp, such as https://chat.whatsapp.com/AbCdEfGhIjKlMnOpQrStUv';
  throw new Failure('VALIDATION_ERROR', { details: [{ path: '/invite', problem }] });
}
