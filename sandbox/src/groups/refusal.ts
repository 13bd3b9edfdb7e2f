import type { Account } from '../accounts/account.ts';
import { type Group, isAdmin, mayWrite } from './group.ts';

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
export const full = (): GroupRefusal =>
  new GroupRefusal(419, 'resource-limit', 'The group has as many members as one may have.');
export const noSuchGroup = (): GroupRefusal =>
  new GroupRefusal(404, 'item-not-found', 'There is no such group.');

const SUBJECT_MAX = 100;

/** A subject without blanks around it. Throws when nothing is left, or too much. */
export function subjectIn(text: string): string {
  const subject = text.trim();
  if (subject === '' || subject.length > SUBJECT_MAX)
    throw notAcceptable(`A subject has 1 to ${SUBJECT_MAX} characters that are not all blank.`);
  return subject;
}

/** Throws unless this person is in the group. */
export function assertMember(group: Group, actor: Account): void {
  if (!group.members.has(actor.number)) throw forbidden('Only members of the group may do this.');
}

/** Throws unless this person may write into the group, or respond to what is there. */
export function assertMayWrite(group: Group, actor: Account, isResponse: boolean): void {
  assertMember(group, actor);
  if (!mayWrite(group, actor.number, isResponse)) throw forbidden('Only admins write into this group.');
}

/** Throws unless this person is an admin of the group. */
export function assertAdmin(group: Group, actor: Account): void {
  assertMember(group, actor);
  if (!isAdmin(group, actor.number)) throw forbidden('Only admins of the group may do this.');
}
