import type {
  GroupInfo,
  GroupNews,
  GroupPower,
  GroupSettings,
  MemberAction,
  MemberResult,
  Person,
} from '../../engines/port.ts';
import type { AuditAction } from '../../platform/audit/actions.ts';
import type { AuditedBy, AuditLog } from '../../platform/audit/record.ts';
import type { ChatId } from '../../platform/chat-id.ts';
import type { Clock } from '../../platform/clock.ts';
import { type Db, inTransaction, type Tx } from '../../platform/db/transaction.ts';
import { Failure } from '../../platform/failures.ts';
import type { Live } from '../profiles/index.ts';
import type { GroupStore } from './groups.store.ts';
import type { Keeper } from './keeper.ts';
import type { PictureFiles } from './picture-files.ts';
import { type About, failureOf, inviteFailureOf } from './refusals.ts';
import type { Watcher } from './watcher.ts';

/** What somebody wants of a profile's connection. It is JSON, for another node may have the profile. */
export type GroupAct =
  | { act: 'look'; chat: ChatId }
  | { act: 'create'; subject: string; description: string | null; people: ChatId[] }
  | { act: 'set'; chat: ChatId; settings: Partial<GroupSettings> }
  | { act: 'members'; chat: ChatId; action: MemberAction; people: ChatId[] }
  | { act: 'leave'; chat: ChatId }
  | { act: 'link'; chat: ChatId; anew: boolean }
  | { act: 'preview'; code: string }
  | { act: 'join'; code: string }
  | { act: 'accept'; chat: ChatId; code: string; until: string; from: ChatId }
  | { act: 'see-picture'; chat: ChatId }
  | { act: 'set-picture'; chat: ChatId; mediaId: string | null }
  | { act: 'requests'; chat: ChatId }
  | { act: 'decide'; chat: ChatId; action: 'approve' | 'reject'; people: ChatId[] };

export interface Order {
  by: AuditedBy;
  act: GroupAct;
}

/** What became of each person, in JSON. */
export type ActResult = Omit<MemberResult, 'invitation'> & { invitation?: { code: string; until: string } };

/** The answer to each act, by its name. */
export interface ActAnswers {
  look: { found: boolean };
  create: { chat: ChatId; results: ActResult[]; describeFailed?: string };
  set: { done: true };
  members: { results: ActResult[] };
  leave: { done: true };
  link: { code: string };
  preview: { group: Omit<GroupInfo, 'createdAt'> & { createdAt: string | null } };
  join: { chat: ChatId; waits: boolean };
  accept: { done: true };
  'see-picture': { done: true };
  'set-picture': { done: true };
  requests: { requests: { person: Person; how: 'link' | 'member'; at: string | null }[] };
  decide: { results: ActResult[] };
}

type Act<Name extends GroupAct['act']> = Extract<GroupAct, { act: Name }>;

const says: Record<GroupAct['act'], string> = {
  look: 'get group info',
  create: 'create group',
  set: 'update group',
  members: 'change participants',
  leave: 'leave group',
  link: 'get invite link',
  preview: 'look at invite link',
  join: 'join group',
  accept: 'accept invitation',
  'see-picture': 'get picture',
  'set-picture': 'set picture',
  requests: 'list join requests',
  decide: 'decide join requests',
};
const verbs: Record<MemberAction, string> = {
  add: 'add participants',
  remove: 'remove participants',
  promote: 'promote participants',
  demote: 'demote participants',
};
const auditOf: Record<MemberAction, AuditAction> = {
  add: 'group.add_participant',
  remove: 'group.remove_participant',
  promote: 'group.promote_participant',
  demote: 'group.demote_participant',
};
const newsOf = { add: 'joined', remove: 'left', promote: 'promoted', demote: 'demoted' } as const;

/**
 * Does what is asked, on the node that has the profile: WhatsApp first, and then what it answered becomes our state, with
 * its events and its audit row, in one transaction. If we end in between, the next connection finds it out.
 */
export function createActs(deps: {
  db: Db;
  clock: Clock;
  audit: AuditLog;
  keeper: Keeper;
  watcher: Pick<Watcher, 'look' | 'told'>;
  store: Pick<GroupStore, 'standingOf' | 'accountOf'>;
  pictures: PictureFiles;
}) {
  const { db, clock, audit, keeper, watcher, store, pictures } = deps;

  interface Doing {
    live: Live;
    groups: GroupPower;
    by: AuditedBy;
  }

  /** Makes what was done our state. */
  async function done(
    { live, by }: Doing,
    news: GroupNews[],
    entry: { action: AuditAction; chat: ChatId; details?: Record<string, unknown> },
    also?: (tx: Tx) => Promise<void>,
  ): Promise<void> {
    const { action, chat, details } = entry;
    const row = {
      action,
      resource: { type: 'group', id: chat },
      details: { profileId: live.profileId, ...details },
    };
    watcher.told(live, news);
    const unclear = await keeper.news(live, news, async (tx) => {
      await also?.(tx);
      await audit.record(tx, by, row);
    });
    if (unclear) watcher.look(live, unclear);
    // It is another node's state by now, but it was done here.
    else await inTransaction(db, (tx) => audit.record(tx, by, row));
  }

  const news = async (live: Live, chat: ChatId, change: GroupNews['change']): Promise<GroupNews> => {
    const by = await store.accountOf(live.profileId);
    return { chat, at: clock.now(), ...(by && { by }), change };
  };

  const acts: { [Name in GroupAct['act']]: (doing: Doing, act: Act<Name>) => Promise<ActAnswers[Name]> } = {
    async look({ live, groups }, { chat }) {
      const group = await groups.look(chat);
      await keeper.looked(live, chat, group);
      return { found: group !== undefined };
    },

    async create(doing, { subject, description, people }) {
      const { live, groups } = doing;
      const { group, results } = await groups.create(subject, people);
      const { chat } = group;
      const describeFailed = description
        ? await groups.set(chat, { description }).then(() => undefined, messageOf)
        : undefined;
      const whole = { ...group, description: describeFailed === undefined ? description : null };
      await done(doing, [await news(live, chat, { is: 'entered', group: whole, how: 'created' })], {
        action: 'group.create',
        chat,
        details: { participants: results.filter(({ outcome }) => outcome === 'done').length },
      });
      return { chat, results: results.map(asJson), ...(describeFailed && { describeFailed }) };
    },

    async set(doing, { chat, settings }) {
      await doing.groups.set(chat, settings);
      await done(doing, [await news(doing.live, chat, { is: 'set', settings })], {
        ...{ action: 'group.update', chat, details: { changed: Object.keys(settings) } },
      });
      return { done: true };
    },

    async members(doing, { chat, action, people }) {
      const results = await doing.groups.changeMembers(chat, action, people);
      const changed = results.flatMap(({ outcome, person }) =>
        outcome === 'done' && person ? [person] : [],
      );
      const change = { is: newsOf[action], people: changed };
      await done(doing, changed.length > 0 ? [await news(doing.live, chat, change)] : [], {
        ...{ action: auditOf[action], chat, details: { participants: changed.length } },
      });
      return { results: results.map(asJson) };
    },

    async leave(doing, { chat }) {
      await doing.groups.leave(chat);
      const self = await store.accountOf(doing.live.profileId);
      const change = { is: 'left', people: self ? [self] : [] } as const;
      await done(doing, [await news(doing.live, chat, change)], { action: 'group.leave', chat });
      return { done: true };
    },

    async link(doing, { chat, anew }) {
      const { live, groups } = doing;
      const code = anew ? await groups.renewInviteCode(chat) : await groups.inviteCode(chat);
      const change = { is: 'new-link', code } as const;
      if (anew) await done(doing, [await news(live, chat, change)], { action: 'group.revoke_invite', chat });
      return { code };
    },

    async preview({ groups }, { code }) {
      const group = await groups.behind(code);
      return { group: { ...group, createdAt: group.createdAt?.toISOString() ?? null } };
    },

    async join(doing, { code }) {
      const { chat, waits } = await doing.groups.join(code);
      await enter(doing, chat, waits);
      return { chat, waits };
    },

    async accept(doing, { chat, code, until, from }) {
      await doing.groups.accept(chat, { code, until: new Date(until), from });
      await enter(doing, chat, false);
      return { done: true };
    },

    async 'see-picture'({ live, groups }, { chat }) {
      const seen = await groups.pictureOf(chat);
      const mediaId = seen ? await pictures.take(live.organizationId, seen.jpeg) : null;
      const picture = { version: seen?.version ?? null, mediaId };
      await keeper.news(live, [], (tx) => pictures.keep(tx, live, chat, picture));
      return { done: true };
    },

    async 'set-picture'(doing, { chat, mediaId }) {
      const { live, groups } = doing;
      const jpeg = mediaId ? await pictures.read(live.organizationId, mediaId) : null;
      const version = (await groups.setPicture(chat, jpeg)) ?? null;
      await done(
        doing,
        [await news(live, chat, { is: 'picture', version })],
        { action: 'group.update', chat, details: { changed: ['picture'] } },
        (tx) => pictures.keep(tx, live, chat, { version, mediaId }),
      );
      return { done: true };
    },

    async requests({ groups }, { chat }) {
      const requests = await groups.requests(chat);
      return { requests: requests.map(({ at, ...one }) => ({ ...one, at: at?.toISOString() ?? null })) };
    },

    async decide(doing, { chat, action, people }) {
      const results = await doing.groups.decide(chat, action, people);
      const changed = results.flatMap(({ outcome, person }) =>
        outcome === 'done' && person ? [person] : [],
      );
      const change = { is: 'joined', people: changed } as const;
      const isNews = action === 'approve' && changed.length > 0;
      await done(doing, isNews ? [await news(doing.live, chat, change)] : [], {
        ...{
          action: 'group.decide_requests',
          chat,
          details: { decision: action, participants: changed.length },
        },
      });
      return { results: results.map(asJson) };
    },
  };

  /** We are let in, or wait for that: what the group is like, we are told then. */
  async function enter(doing: Doing, chat: ChatId, waits: boolean): Promise<void> {
    const group = waits ? undefined : await doing.groups.look(chat);
    const change = group && ({ is: 'entered', group, how: 'joined' } as const);
    await done(doing, change ? [await news(doing.live, chat, change)] : [], { action: 'group.join', chat });
  }

  async function about(live: Live, act: GroupAct): Promise<About> {
    const what = act.act === 'members' ? verbs[act.action] : says[act.act];
    const known = 'chat' in act ? await store.standingOf(live.profileId, act.chat) : undefined;
    return { what, ...(known && { ownRole: known.ownRole }) };
  }

  return {
    /** @throws Failure in words for whoever asked */
    async run(live: Live, { by, act }: Order): Promise<unknown> {
      const groups = live.session.groups;
      if (!groups) {
        throw new Failure('REFUSED_BY_WHATSAPP', { says: 'The engine of this profile can’t do this.' });
      }
      const perform = acts[act.act] as (doing: Doing, act: GroupAct) => Promise<unknown>;
      try {
        return await perform({ live, groups, by }, act);
      } catch (error) {
        const byInvite = ['preview', 'join', 'accept'].includes(act.act);
        throw (byInvite ? inviteFailureOf : failureOf)(error, await about(live, act), live.ended.aborted);
      }
    },
  };
}

const messageOf = (error: unknown) => (error instanceof Error ? error.message : String(error));

function asJson({ invitation, ...result }: MemberResult): ActResult {
  return {
    ...result,
    ...(invitation && { invitation: { code: invitation.code, until: invitation.until.toISOString() } }),
  };
}
