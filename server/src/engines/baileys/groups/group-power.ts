import { type BinaryNode, getBinaryNodeChild, type WASocket } from 'baileys';
import type { ChatId } from '../../../platform/chat-id.ts';
import type { Clock } from '../../../platform/clock.ts';
import { EngineRefusal, type GroupPower, type GroupSettings, type MemberAction } from '../../port.ts';
import { aboutGroup } from '../chat-facts.ts';
import type { Self } from '../from-wire.ts';
import type { GroupLooks } from '../group-looks.ts';
import { newMessageId, toChat, toJid } from '../ids.ts';
import type { Trust } from '../media/trust.ts';
import { wellFormed } from '../well-formed.ts';
import { askGroup, leaf, told } from './ask.ts';
import { addressesOf, changePeople, resultsOf } from './people.ts';
import { pictureOf, setPicture } from './picture.ts';
import { childrenOf, momentOf, personOf, readGroup } from './read-group.ts';

interface GroupPowerDeps {
  /** The socket of a connection that is up; throws EngineGone otherwise. */
  live(): WASocket;
  looks: GroupLooks;
  clock: Clock;
  self(): Self | undefined;
  trust: Trust;
}

/** Everything that can be asked of groups, and done to them. */
export function createGroupPower({ live, looks, clock, self, trust }: GroupPowerDeps): GroupPower {
  const read = (node: BinaryNode | undefined, isOutline = false) =>
    readGroup(node, { now: clock.now(), isOutline });
  const get = (chat: ChatId | undefined, ask: BinaryNode) => askGroup(live(), chat, 'get', ask);
  /** What was known of the group before is not so any more. */
  async function set(chat: ChatId | undefined, ask: BinaryNode): Promise<BinaryNode> {
    const answer = await askGroup(live(), chat, 'set', ask);
    if (chat) looks.changed(chat);
    return answer;
  }

  async function look(chat: ChatId) {
    try {
      return read(getBinaryNodeChild(await get(chat, leaf('query', { request: 'interactive' })), 'group'));
    } catch (error) {
      if (error instanceof EngineRefusal && error.code < 429) return undefined;
      throw error;
    }
  }

  async function describe(chat: ChatId, description: string | null): Promise<void> {
    // WhatsApp refuses a text that does not name the one that it replaces.
    const before = getBinaryNodeChild(await get(chat, leaf('query', { request: 'interactive' })), 'group');
    const prev = before && getBinaryNodeChild(before, 'description')?.attrs.id;
    const which: Record<string, string> = description ? { id: newMessageId() } : { delete: 'true' };
    await set(chat, {
      tag: 'description',
      attrs: { ...which, ...(prev && { prev }) },
      ...(description && { content: [{ tag: 'body', attrs: {}, content: Buffer.from(description) }] }),
    });
  }

  return {
    async about(chat) {
      const fact = await aboutGroup(live(), chat, clock.now());
      return fact && wellFormed(fact, clock.now());
    },
    async standing(chat) {
      const account = self();
      const own = [toChat(account?.id), toChat(account?.lid)];
      return looks.standing(live(), chat, ({ phone, lid }) => own.includes(phone) || own.includes(lid));
    },
    admins: async (chat) => looks.admins(live(), chat),
    look,

    async all() {
      const ask = { tag: 'participating', attrs: {}, content: [leaf('participants'), leaf('description')] };
      const groups = told(getBinaryNodeChild(await get(undefined, ask), 'groups'));
      const nodes = childrenOf(groups).filter(({ tag }) => tag === 'group');
      return {
        count: nodes.length,
        *read() {
          // From the end, so that what is read can be forgotten.
          for (let node = nodes.pop(); node; node = nodes.pop()) {
            const group = read(node);
            if (group) yield group;
          }
        },
      };
    },

    async create(subject, people) {
      const addresses = await addressesOf(live(), people);
      if (people.length > 0 && addresses.size === 0) {
        throw new EngineRefusal(400, 'None of these numbers is on WhatsApp.');
      }
      const content = [...new Set(addresses.values())].map((jid) => leaf('participant', { jid: toJid(jid) }));
      const answer = await set(undefined, {
        tag: 'create',
        attrs: { subject, key: newMessageId() },
        content,
      });
      const node = getBinaryNodeChild(answer, 'group');
      return { group: told(read(node)), results: resultsOf(people, addresses, node) };
    },

    changeMembers: (chat, action, people) =>
      changePeople(live(), people, async (content) =>
        getBinaryNodeChild(
          await set(chat, { tag: action, attrs: {}, content }),
          action satisfies MemberAction,
        ),
      ),

    async set(chat, settings) {
      for (const ask of asksFor(settings)) await set(chat, ask);
      if (settings.description !== undefined) await describe(chat, settings.description);
    },
    async leave(chat) {
      await set(undefined, { tag: 'leave', attrs: {}, content: [leaf('group', { id: toJid(chat) })] });
      looks.changed(chat);
    },
    inviteCode: async (chat) => codeIn(await get(chat, leaf('invite'))),
    renewInviteCode: async (chat) => codeIn(await set(chat, leaf('invite'))),
    async behind(code) {
      const answer = await get(undefined, leaf('invite', { code }));
      return told(read(getBinaryNodeChild(answer, 'group'), true));
    },
    async join(code) {
      const answer = await set(undefined, leaf('invite', { code }));
      const [group, request] = ['group', 'membership_approval_request'].map((tag) =>
        getBinaryNodeChild(answer, tag),
      );
      return { chat: told(toChat((group ?? request)?.attrs.jid)), waits: group === undefined };
    },
    async accept(chat, { code, until, from }) {
      const expiration = String(Math.floor(until.getTime() / 1000));
      await set(chat, leaf('accept', { code, expiration, admin: toJid(from) }));
    },

    async requests(chat) {
      const answer = await get(chat, leaf('membership_approval_requests'));
      const list = getBinaryNodeChild(answer, 'membership_approval_requests');
      return childrenOf(list).map(({ attrs }) => ({
        person: personOf(attrs),
        how: attrs.request_method === 'invite_link' ? 'link' : 'member',
        at: momentOf(attrs.request_time),
      }));
    },
    setPicture: async (chat, jpeg) => setPicture(live(), chat, jpeg),
    pictureOf: async (chat) => pictureOf(live(), trust, chat),
    decide: (chat, action, people) =>
      changePeople(live(), people, async (content) => {
        const ask = {
          tag: 'membership_requests_action',
          attrs: {},
          content: [{ tag: action, attrs: {}, content }],
        };
        const answer = getBinaryNodeChild(await set(chat, ask), 'membership_requests_action');
        return answer && getBinaryNodeChild(answer, action);
      }),
  };
}

/** A question for each setting, in an order in which none keeps us from the next; the description has its own. */
function asksFor(settings: Partial<GroupSettings>): BinaryNode[] {
  const { subject, onlyAdminsWrite, onlyAdminsEdit, everybodyAdds, adminsApprove, expirationSeconds } =
    settings;
  const asks: BinaryNode[] = [];
  if (subject !== undefined) asks.push({ tag: 'subject', attrs: {}, content: Buffer.from(subject) });
  if (expirationSeconds !== undefined) {
    asks.push(
      expirationSeconds === 0
        ? leaf('not_ephemeral')
        : leaf('ephemeral', { expiration: String(expirationSeconds) }),
    );
  }
  if (onlyAdminsWrite !== undefined) asks.push(leaf(onlyAdminsWrite ? 'announcement' : 'not_announcement'));
  if (onlyAdminsEdit !== undefined) asks.push(leaf(onlyAdminsEdit ? 'locked' : 'unlocked'));
  if (everybodyAdds !== undefined) {
    const mode = everybodyAdds ? 'all_member_add' : 'admin_add';
    asks.push({ tag: 'member_add_mode', attrs: {}, content: Buffer.from(mode) });
  }
  if (adminsApprove !== undefined) {
    const join = leaf('group_join', { state: adminsApprove ? 'on' : 'off' });
    asks.push({ tag: 'membership_approval_mode', attrs: {}, content: [join] });
  }
  return asks;
}

const codeIn = (answer: BinaryNode): string => told(getBinaryNodeChild(answer, 'invite')?.attrs.code);
