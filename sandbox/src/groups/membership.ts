import type { Account } from '../accounts/account.ts';
import { Part } from '../part.ts';
import { type BinaryNode, node, nowSeconds } from '../wire/node.ts';
import { type AddressingMode, type Group, isAdmin, isFull, membersOf, type Role } from './group.ts';
import type { Groups } from './groups.ts';
import type { Invitation, Invitations } from './invitations.ts';
import type { GroupNotices } from './notices.ts';
import { assertAdmin, assertMember, forbidden, subjectIn } from './refusal.ts';
import { participantNode } from './stanzas.ts';

/** Somebody a change names, by whatever JID; `account` is undefined when nobody has it. */
export interface Asked {
  readonly jid: string;
  readonly account: Account | undefined;
}

/** What became of one person a change names; without `error` it was done. */
export interface Result extends Asked {
  readonly error?: number;
  /** Given along with 403: what a message may invite this person with. */
  readonly invitation?: Invitation;
}

/** A change that is committed. `tell` lets the members know; it is called once the actor has its answer. */
export interface Done<T> {
  readonly value: T;
  tell(): void;
}

export type ParticipantAction = 'add' | 'remove' | 'promote' | 'demote';

export interface MembershipDeps {
  readonly groups: Groups;
  readonly notices: GroupNotices;
  readonly invitations: Invitations;
  /** Whether a person's privacy settings let another add it to groups. */
  readonly mayAdd: (actor: Account, whom: Account) => boolean;
}

/** Who is in a group, and as what. */
export class Membership extends Part<MembershipDeps> {
  /** Makes a group with its creator and whoever may be added. */
  create(
    actor: Account,
    subject: string,
    invited: Asked[],
    mode: AddressingMode,
    key?: string,
  ): Done<{ group: Group; results: Result[] }> {
    const named = { subject: subjectIn(subject), subjectBy: actor.number };
    const { groups, notices } = this.deps;
    const at = nowSeconds();
    const plain = { announcement: false, locked: false, ephemeral: 0, everybodyAdds: false, approval: false };
    const group = groups.create({ ...named, subjectAt: at, ...plain }, mode, actor.number, at);
    groups.setMember(group, actor, 'superadmin');
    const results = invited
      .filter(({ account }) => account !== actor)
      .map((asked) => this.#add(group, actor, asked));
    const how = key === undefined ? {} : { key };
    return { value: { group, results }, tell: () => notices.welcome(group, actor, membersOf(group), how) };
  }

  /** Adds, removes, promotes or demotes people; each has its own result. */
  change(actor: Account, group: Group, action: ParticipantAction, asked: Asked[]): Done<Result[]> {
    if (action === 'add') return this.#addAll(actor, group, asked);
    assertAdmin(group, actor);
    const before = membersOf(group);
    const results = asked.map((each) => this.#changeOne(group, action, each));
    const changed = results.flatMap(({ error, account }) =>
      error === undefined && account ? [account] : [],
    );
    const role: Role = action === 'promote' ? 'admin' : 'member';
    const change = node(
      action,
      {},
      changed.map((account) => participantNode(group, account, role)),
    );
    return this.#done(results, group, actor, change, changed.length > 0 ? before : []);
  }

  /** A member goes. A group is never left without an admin: the member who is longest there becomes one. */
  leave(actor: Account, group: Group): Done<undefined> {
    assertMember(group, actor);
    const { groups, notices } = this.deps;
    const before = membersOf(group);
    const change = node('remove', {}, [participantNode(group, actor)]);
    groups.removeMember(group, actor.number);
    const [heir] = [...group.members.values()].sort((a, b) => a.joinedAt - b.joinedAt);
    const inherits =
      heir !== undefined && ![...group.members.keys()].some((number) => isAdmin(group, number));
    if (inherits) groups.setMember(group, heir.account, 'admin');
    return {
      value: undefined,
      tell: () => {
        notices.tell(group, actor, change, before);
        if (!inherits) return;
        const promote = node('promote', {}, [participantNode(group, heir.account, 'admin')]);
        notices.tell(group, actor, promote, membersOf(group));
      },
    };
  }

  /**
   * Lets people in without asking anybody: callers see to it that there is room. The others hear of it, the new ones
   * are welcomed.
   */
  enter(actor: Account, group: Group, accounts: Account[], reason?: string): () => void {
    const { groups, notices } = this.deps;
    const before = membersOf(group);
    for (const account of accounts) groups.setMember(group, account, 'member');
    return () => {
      if (accounts.length === 0) return;
      const added = node(
        'add',
        reason === undefined ? {} : { reason },
        accounts.map((account) => participantNode(group, account)),
      );
      notices.tell(group, actor, added, before);
      notices.welcome(group, actor, accounts, reason === undefined ? {} : { reason });
    };
  }

  #addAll(actor: Account, group: Group, asked: Asked[]): Done<Result[]> {
    assertMember(group, actor);
    const admin = isAdmin(group, actor.number);
    if (!admin && !group.everybodyAdds) throw forbidden('Only admins may add people to this group.');
    if (!admin && group.approval) return this.#propose(actor, group, asked);
    const before = membersOf(group);
    const results = asked.map((each) => this.#add(group, actor, each));
    const added = results.flatMap(({ error, account }) => (error === undefined && account ? [account] : []));
    const { notices } = this.deps;
    const change = node(
      'add',
      {},
      added.map((account) => participantNode(group, account)),
    );
    return {
      value: results,
      tell: () => {
        if (added.length === 0) return;
        notices.tell(group, actor, change, before);
        notices.welcome(group, actor, added, {});
      },
    };
  }

  /** A member who is no admin proposes people; admins decide. */
  #propose(actor: Account, group: Group, asked: Asked[]): Done<Result[]> {
    const { groups } = this.deps;
    const proposed: Account[] = [];
    const results = asked.map((each): Result => {
      const problem = this.#cannotAdd(group, each);
      if (problem !== undefined || !each.account) return { ...each, error: problem ?? 404 };
      groups.addRequest(group, {
        account: each.account,
        method: 'non_admin_add',
        by: actor.number,
        at: nowSeconds(),
      });
      proposed.push(each.account);
      return each;
    });
    const change = node(
      'created_membership_requests',
      { request_method: 'non_admin_add' },
      proposed.map((account) => participantNode(group, account)),
    );
    const admins = membersOf(group).filter(({ number }) => isAdmin(group, number));
    return this.#done(results, group, actor, change, proposed.length > 0 ? admins : []);
  }

  #cannotAdd(group: Group, { account }: Asked): number | undefined {
    if (!account) return 404;
    if (group.members.has(account.number)) return 409;
    return isFull(group) ? 419 : undefined;
  }

  #add(group: Group, actor: Account, asked: Asked): Result {
    const { groups, invitations, mayAdd } = this.deps;
    const { account } = asked;
    const problem = this.#cannotAdd(group, asked);
    if (problem !== undefined || !account) return { ...asked, error: problem ?? 404 };
    if (!mayAdd(actor, account)) {
      return { ...asked, error: 403, invitation: invitations.issue(group, actor.number, account.number) };
    }
    groups.setMember(group, account, 'member');
    return asked;
  }

  #changeOne(group: Group, action: Exclude<ParticipantAction, 'add'>, asked: Asked): Result {
    const { groups } = this.deps;
    const member = asked.account && group.members.get(asked.account.number);
    if (!member) return { ...asked, error: 404 };
    if (action === 'promote') {
      if (member.role !== 'member') return { ...asked, error: 409 };
      groups.setMember(group, member.account, 'admin');
      return asked;
    }
    // Nobody takes the creator's role or throws the creator out.
    if (member.role === 'superadmin') return { ...asked, error: 406 };
    if (action === 'remove') groups.removeMember(group, member.account.number);
    else if (member.role === 'member') return { ...asked, error: 409 };
    else groups.setMember(group, member.account, 'member');
    return asked;
  }

  #done<T>(value: T, group: Group, actor: Account, change: BinaryNode, to: Account[]): Done<T> {
    return { value, tell: () => this.deps.notices.tell(group, actor, change, to) };
  }
}
