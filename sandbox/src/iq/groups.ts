import type { Account } from '../accounts/account.ts';
import type { Directory } from '../accounts/directory.ts';
import { type AddressingMode, type Group, groupJid } from '../groups/group.ts';
import type { Groups } from '../groups/groups.ts';
import type { Joining } from '../groups/joining.ts';
import type { Asked, Done, Membership, ParticipantAction, Result } from '../groups/membership.ts';
import { assertAdmin, assertMember, GroupRefusal, noSuchGroup } from '../groups/refusal.ts';
import type { Settings } from '../groups/settings.ts';
import { groupNode, participantNode } from '../groups/stanzas.ts';
import { DISAPPEARING_SECONDS } from '../people/profiles.ts';
import { stanzaId } from '../router/notifications.ts';
import { type BinaryNode, bytes, child, children, node } from '../wire/node.ts';
import { type Answer, BAD_REQUEST, NOT_CARRIED, type Query, type QueryHandler } from './answer.ts';

export interface GroupQueryDeps {
  readonly directory: Directory;
  readonly groups: Groups;
  readonly membership: Membership;
  readonly joining: Joining;
  readonly settings: Settings;
  /** How groups that clients make name their members. */
  readonly groupMode: AddressingMode;
}

interface GroupQuery extends Query {
  readonly actor: Account;
  readonly deps: GroupQueryDeps;
}

/** Children of a query that make it one of a community. */
const OF_COMMUNITIES = ['parent', 'linked_parent', 'community', 'community_join'];
/** What is asked of communities only. */
const COMMUNITY_QUERIES = new Set([
  ...['get sub_groups', 'get linked_group', 'get linked_groups', 'get linked_groups_participants'],
  ...['set links', 'set unlink', 'set join_linked_group', 'set delete_parent'],
]);

type Handler = (query: GroupQuery) => Answer;
type InGroup = (query: GroupQuery, group: Group) => Answer;

/** xmlns `w:g2`: everything a client asks of groups, or does to them. */
export function groupQueries(deps: GroupQueryDeps): QueryHandler {
  return (query) => {
    const { type = '', to = '' } = query.iq.attrs;
    const asked: GroupQuery = { ...query, actor: query.caller.account, deps };
    const key = `${type} ${query.ask.tag}`;
    if (COMMUNITY_QUERIES.has(key) || OF_COMMUNITIES.some((tag) => child(query.ask, tag))) return NOT_CARRIED;
    try {
      const handler = to === '@g.us' ? ANYWHERE[key] : undefined;
      if (handler) return handler(asked);
      const within = IN_GROUP[key];
      if (!within) return BAD_REQUEST;
      const group = deps.groups.find(to);
      if (!group) throw noSuchGroup();
      return within(asked, group);
    } catch (error) {
      if (error instanceof GroupRefusal) return { error: error.code, text: error.text };
      throw error;
    }
  };
}

const ANYWHERE: Record<string, Handler> = {
  'get participating': ({ actor, deps }) => {
    const groups = deps.groups.of(actor.number).map((group) => groupNode(group, deps.directory));
    return { content: [node('groups', {}, groups)] };
  },
  'set create': ({ actor, deps, ask }) => {
    const { subject = '', key } = ask.attrs;
    const done = deps.membership.create(actor, subject, people(deps.directory, ask), deps.groupMode, key);
    const { group, results } = done.value;
    const created = groupNode(group, deps.directory);
    const failed = results
      .filter(({ error }) => error !== undefined)
      .map((result) => resultNode(group, result));
    return after(done, [{ ...created, content: [...children(created), ...failed] }]);
  },
  'set leave': ({ actor, deps, ask }) => {
    if (children(ask, 'group').length === 0) return BAD_REQUEST;
    // All or none: whoever is told of an error believes to be in every one of them still.
    const groups = children(ask, 'group').map((each) => {
      const group = deps.groups.find(each.attrs.id);
      if (!group) throw noSuchGroup();
      assertMember(group, actor);
      return group;
    });
    const left = [...new Set(groups)].map((group) => deps.membership.leave(actor, group));
    return {
      content: [node('leave', {}, children(ask, 'group'))],
      after: () => {
        for (const done of left) done.tell();
      },
    };
  },
  'get invite': ({ deps, ask }) => ({
    content: [groupNode(deps.joining.behind(ask.attrs.code ?? ''), deps.directory, true)],
  }),
  'set invite': ({ actor, deps, ask }) => {
    const done = deps.joining.byLink(actor, ask.attrs.code ?? '');
    const jid = groupJid(done.value.group);
    return after(done, [node(done.value.joined ? 'group' : 'membership_approval_request', { jid })]);
  },
};

const participants =
  (action: ParticipantAction): InGroup =>
  ({ actor, deps, ask }, group) => {
    const asked = people(deps.directory, ask);
    if (asked.length === 0) return BAD_REQUEST;
    const done = deps.membership.change(actor, group, action, asked);
    return after(done, [
      node(
        action,
        {},
        done.value.map((result) => resultNode(group, result)),
      ),
    ]);
  };

const setting =
  (change: (query: GroupQuery, group: Group) => Done<undefined>): InGroup =>
  (query, group) =>
    after(change(query, group));

const IN_GROUP: Record<string, InGroup> = {
  'get query': ({ actor, deps }, group) => {
    assertMember(group, actor);
    return { content: [groupNode(group, deps.directory)] };
  },
  'set add': participants('add'),
  'set remove': participants('remove'),
  'set promote': participants('promote'),
  'set demote': participants('demote'),
  'get invite': ({ actor, deps }, group) => ({
    content: [node('invite', { code: deps.joining.code(actor, group) })],
  }),
  'set invite': ({ actor, deps }, group) => {
    const done = deps.joining.renewCode(actor, group);
    return after(done, [node('invite', { code: done.value })]);
  },
  'set accept': ({ actor, deps, ask }, group) =>
    after(deps.joining.accept(actor, group, ask.attrs.code ?? '')),
  'set revoke': ({ actor, deps, ask }, group) => {
    const done = deps.joining.revoke(actor, group, people(deps.directory, ask));
    return after(done, [
      node(
        'revoke',
        {},
        done.value.map((result) => resultNode(group, result)),
      ),
    ]);
  },
  'get membership_approval_requests': ({ actor }, group) => {
    assertAdmin(group, actor);
    const requests = [...group.requests.values()].map(({ account, method, at }) => {
      const { attrs } = participantNode(group, account);
      return node('membership_approval_request', { ...attrs, request_method: method, request_time: at });
    });
    return { content: [node('membership_approval_requests', {}, requests)] };
  },
  'set membership_requests_action': ({ actor, deps, ask }, group) => {
    const verdict = child(ask);
    const action = verdict?.tag;
    if (action !== 'approve' && action !== 'reject') return BAD_REQUEST;
    const done = deps.joining.decide(actor, group, action, people(deps.directory, verdict));
    const results = done.value.map((result) => resultNode(group, result));
    return after(done, [node('membership_requests_action', {}, [node(action, {}, results)])]);
  },
  'set subject': setting(({ actor, deps, ask }, group) => deps.settings.subject(actor, group, text(ask))),
  'set description': setting(({ actor, deps, ask }, group) => {
    const { id = stanzaId(), prev } = ask.attrs;
    const body = ask.attrs.delete === 'true' ? undefined : text(child(ask, 'body'));
    return deps.settings.description(actor, group, id, body, prev);
  }),
  'set announcement': setting(({ actor, deps }, group) => deps.settings.announcement(actor, group, true)),
  'set not_announcement': setting(({ actor, deps }, group) =>
    deps.settings.announcement(actor, group, false),
  ),
  'set locked': setting(({ actor, deps }, group) => deps.settings.locked(actor, group, true)),
  'set unlocked': setting(({ actor, deps }, group) => deps.settings.locked(actor, group, false)),
  'set ephemeral': ({ actor, deps, ask }, group) => {
    const seconds = Number(ask.attrs.expiration);
    if (!DISAPPEARING_SECONDS.includes(seconds)) return BAD_REQUEST;
    return after(deps.settings.ephemeral(actor, group, seconds));
  },
  'set not_ephemeral': setting(({ actor, deps }, group) => deps.settings.ephemeral(actor, group, 0)),
  'set member_add_mode': ({ actor, deps, ask }, group) => {
    const mode = text(ask);
    if (mode !== 'all_member_add' && mode !== 'admin_add') return BAD_REQUEST;
    return after(deps.settings.everybodyAdds(actor, group, mode === 'all_member_add'));
  },
  'set membership_approval_mode': ({ actor, deps, ask }, group) => {
    const state = child(ask, 'group_join')?.attrs.state;
    if (state !== 'on' && state !== 'off') return BAD_REQUEST;
    return after(deps.settings.approval(actor, group, state === 'on'));
  },
};

/** An answer whose change is told to the members once it is on its way. */
function after(done: Done<unknown>, content: BinaryNode[] = []): Answer {
  return { content, after: () => done.tell() };
}

function text(leaf: BinaryNode | undefined): string {
  return bytes(leaf)?.toString() ?? '';
}

function people(directory: Directory, parent: BinaryNode | undefined): Asked[] {
  return children(parent, 'participant').map(({ attrs }) => ({
    jid: attrs.jid ?? '',
    account: directory.resolve(attrs.jid)?.account,
  }));
}

/** What became of one person: named as the group does, or as it was asked for when nobody has the JID. */
function resultNode(group: Group, { jid, account, error, invitation }: Result): BinaryNode {
  const named = account ? participantNode(group, account).attrs : { jid };
  const invite = invitation && [node('add_request', { ...invitation })];
  return node('participant', { ...named, error }, invite);
}
