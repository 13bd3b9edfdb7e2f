import type { Account } from '../accounts/account.ts';
import { Part } from '../part.ts';
import { node, nowSeconds } from '../wire/node.ts';
import { type Group, isAdmin, isFull, membersOf } from './group.ts';
import { type Groups, inviteCode } from './groups.ts';
import type { Invitations } from './invitations.ts';
import type { Asked, Done, Membership, Result } from './membership.ts';
import type { GroupNotices } from './notices.ts';
import { assertAdmin, full, GroupRefusal, notAcceptable } from './refusal.ts';
import { participantNode } from './stanzas.ts';

interface JoiningDeps {
  readonly groups: Groups;
  readonly notices: GroupNotices;
  readonly invitations: Invitations;
  readonly membership: Membership;
}

/** How people come in by themselves: invite links, requests to be let in, personal invitations. */
export class Joining extends Part<JoiningDeps> {
  /** The code of the invite link; only admins see it. */
  code(actor: Account, group: Group): string {
    assertMaySeeLink(actor, group);
    return group.invite;
  }

  /** Makes the old link worthless; gives the new code. */
  renewCode(actor: Account, group: Group): Done<string> {
    assertMaySeeLink(actor, group);
    const { groups, notices } = this.deps;
    const invite = inviteCode();
    groups.update(group, { invite });
    const change = node('invite', { code: invite });
    return { value: invite, tell: () => notices.tell(group, actor, change, membersOf(group)) };
  }

  /** The group behind a link. Throws 406 for a code of another shape and 410 for one that leads nowhere any more. */
  behind(code: string): Group {
    if (!/^[\w-]{4,64}$/.test(code)) throw notAcceptable('This is not the code of an invite link.');
    const group = this.deps.groups.byInvite(code);
    if (!group) throw new GroupRefusal(410, 'gone', 'This invite link was revoked or never existed.');
    return group;
  }

  /** Somebody follows a link: in at once, or waiting for an admin (`joined` false). Throws 419 when there is no room. */
  byLink(account: Account, code: string): Done<{ group: Group; joined: boolean }> {
    const group = this.behind(code);
    if (group.members.has(account.number))
      throw new GroupRefusal(409, 'conflict', 'This person is in the group already.');
    const { groups, notices, membership } = this.deps;
    if (!group.approval) {
      if (isFull(group)) throw full();
      return { value: { group, joined: true }, tell: membership.enter(account, group, [account], 'invite') };
    }
    groups.addRequest(group, { account, method: 'invite_link', by: account.number, at: nowSeconds() });
    const change = node('created_membership_requests', { request_method: 'invite_link' }, [
      participantNode(group, account),
    ]);
    const admins = membersOf(group).filter(({ number }) => isAdmin(group, number));
    return { value: { group, joined: false }, tell: () => notices.tell(group, account, change, admins) };
  }

  /** An admin lets people in or turns them away; each has its own result (404: has not asked, 419: there is no room). */
  decide(actor: Account, group: Group, action: 'approve' | 'reject', asked: Asked[]): Done<Result[]> {
    assertAdmin(group, actor);
    const { groups, notices, membership } = this.deps;
    const decided: Account[] = [];
    const results = asked.map((each): Result => {
      if (!each.account || !group.requests.has(each.account.number)) return { ...each, error: 404 };
      if (action === 'approve' && isFull(group, decided.length)) return { ...each, error: 419 };
      groups.removeRequest(group, each.account.number);
      decided.push(each.account);
      return each;
    });
    if (action === 'approve')
      return { value: results, tell: membership.enter(actor, group, decided, 'invite') };
    const change = node(
      'revoked_membership_requests',
      {},
      decided.map((account) => participantNode(group, account)),
    );
    const to = [...membersOf(group).filter(({ number }) => isAdmin(group, number)), ...decided];
    return { value: results, tell: () => decided.length > 0 && notices.tell(group, actor, change, to) };
  }

  /** Somebody accepts a personal invitation. Throws 410 when it is not valid (any more), 419 when there is no room. */
  accept(account: Account, group: Group, code: string): Done<undefined> {
    const { invitations, membership } = this.deps;
    if (group.members.has(account.number))
      throw new GroupRefusal(409, 'conflict', 'This person is in the group already.');
    if (isFull(group)) throw full();
    const admin = invitations.redeem(group, code, account.number);
    if (admin === undefined)
      throw new GroupRefusal(410, 'gone', 'This invitation has ended or was for somebody else.');
    return { value: undefined, tell: membership.enter(account, group, [account], 'invite') };
  }

  /** An admin takes personal invitations back. */
  revoke(actor: Account, group: Group, asked: Asked[]): Done<Result[]> {
    assertAdmin(group, actor);
    for (const { account } of asked) if (account) this.deps.invitations.revoke(group, account.number);
    return {
      value: asked.map((each) => (each.account ? each : { ...each, error: 404 })),
      tell: () => undefined,
    };
  }
}

/** The link of a group is for its admins; the network answers everybody else 401, unlike other refusals. */
function assertMaySeeLink(actor: Account, group: Group): void {
  if (!isAdmin(group, actor.number)) {
    throw new GroupRefusal(401, 'not-authorized', 'Only admins of the group see its invite link.');
  }
}
