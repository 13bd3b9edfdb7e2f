import type { Account } from '../accounts/account.ts';
import { jidIn } from '../accounts/account.ts';

export type Role = 'member' | 'admin' | 'superadmin';

/** How the members of a group are named in its stanzas: by LID (every new group of the real network) or by phone number. */
export type AddressingMode = 'lid' | 'pn';

export interface Member {
  readonly account: Account;
  role: Role;
  /** Unix milliseconds; the longest there comes first when an admin is needed. */
  readonly joinedAt: number;
  label: MemberLabel;
}

/** What a member calls itself in a group; empty when nothing. Written as one piece. */
export interface MemberLabel {
  readonly text: string;
  /** Unix milliseconds, to the second; a newer one replaces it. */
  readonly at: number;
}

/** Somebody who wants to be let in while the group asks its admins. */
export interface JoinRequest {
  readonly account: Account;
  readonly method: 'invite_link' | 'non_admin_add';
  /** Number of the member who proposed it; the person itself when it came by link. */
  readonly by: string;
  /** Unix seconds. */
  readonly at: number;
}

/** What admins decide about a group. Written as one piece. */
export interface GroupSettings {
  subject: string;
  /** Number of whoever wrote the subject; `subjectAt` is unix seconds. */
  subjectBy: string;
  subjectAt: number;
  description?: { id: string; text: string; by: string; at: number } | undefined;
  /** Only admins write. */
  announcement: boolean;
  /** Only admins change subject, description, picture and disappearing messages. */
  locked: boolean;
  /** Seconds until messages disappear; 0: never. */
  ephemeral: number;
  /** Members who are no admins may add others, too. */
  everybodyAdds: boolean;
  /** Who comes by link, or is added by a member, waits for an admin. */
  approval: boolean;
  /** Code of the invite link. */
  invite: string;
}

export interface Group extends GroupSettings {
  /** Digits; the JID is `<id>@g.us`. */
  readonly id: string;
  readonly mode: AddressingMode;
  readonly creator: string;
  /** Unix seconds. */
  readonly createdAt: number;
  readonly members: Map<string, Member>;
  readonly requests: Map<string, JoinRequest>;
}

/** The JID of a group. */
export const groupJid = (group: Group): string => `${group.id}@g.us`;

/** A member's JID as the group names it, optionally of one device. */
export const memberJid = (group: Group, account: Account, device = 0): string =>
  jidIn(group.mode, account, device);

/** Whether a person may do what admins do. */
export const isAdmin = (group: Group, number: string): boolean =>
  (group.members.get(number)?.role ?? 'member') !== 'member';

/**
 * Whether a person may write into a group: its members, and where announcements are made its admins. To what is there
 * every member may respond: react, vote, and take back what was their own.
 */
export const mayWrite = (group: Group, number: string, isResponse: boolean): boolean =>
  group.members.has(number) && (isResponse || !group.announcement || isAdmin(group, number));

/** Whether a person may change what a group looks like, its pinned messages too: in a locked group only admins. */
export const mayEdit = (group: Group, number: string): boolean => !group.locked || isAdmin(group, number);

const MEMBERS_MAX = 1024;

/** Whether a group takes nobody any more, after `more` who are about to come in. */
export const isFull = (group: Group, more = 0): boolean => group.members.size + more >= MEMBERS_MAX;

/** Everybody in a group. */
export const membersOf = (group: Group): Account[] =>
  [...group.members.values()].map((member) => member.account);
