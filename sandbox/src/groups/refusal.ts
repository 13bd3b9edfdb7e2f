import type { Account } from '../accounts/account.ts';
import { type Group, isAdmin } from './group.ts';

/** What a group does not let somebody do, with the code and text of the network's error. */
export class GroupRefusal extends Error {
  readonly code: number;
  readonly text: string;

  /** `message` is for people; clients get `code` and `text`. */
  constructor(code: number, text: string, message: string) {
    super(message);
    this.code = code;
    this.text = text;
  }
}

export const forbidden = (message: string): GroupRefusal => new GroupRefusal(403, 'forbidden', message);
export const notAcceptable = (message: string): GroupRefusal =>
  new GroupRefusal(406, 'not-acceptable', message);
export const noSuchGroup = (): GroupRefusal =>
  new GroupRefusal(404, 'item-not-found', 'There is no such group.');

/** Throws unless this person is in the group. */
export function assertMember(group: Group, actor: Account): void {
  if (!group.members.has(actor.number)) throw forbidden('Only members of the group may do this.');
}

/** Throws unless this person may write into the group: a member, and where announcements are made an admin. */
export function assertMayWrite(group: Group, actor: Account): void {
  if (group.announcement) assertAdmin(group, actor);
  else assertMember(group, actor);
}

/** Throws unless this person is an admin of the group. */
export function assertAdmin(group: Group, actor: Account): void {
  assertMember(group, actor);
  if (!isAdmin(group, actor.number)) throw forbidden('Only admins of the group may do this.');
}
