import type { Address } from '../accounts/account.ts';
import type { Directory } from '../accounts/directory.ts';
import { Part } from '../part.ts';
import type { AddressingMode, Group } from './group.ts';
import type { Groups } from './groups.ts';

export const STATUS_JID = 'status@broadcast';

/** Whether a JID names what the real network has and this one does not carry: a newsletter or a broadcast list. */
export const isNotCarried = (jid: string): boolean =>
  jid !== STATUS_JID && /@(broadcast|newsletter)$/.test(jid);

/** Where a message goes: to a person, a group, or whoever may see somebody's status. */
export type Chat =
  | ({ readonly is: 'person'; readonly mode: AddressingMode } & Address)
  | { readonly is: 'group'; readonly group: Group }
  | { readonly is: 'status' };

interface ChatsDeps {
  readonly directory: Directory;
  readonly groups: Groups;
}

/** Tells from a JID what kind of chat it names. */
export class Chats extends Part<ChatsDeps> {
  /** The chat behind a JID; undefined when nobody is there. */
  resolve(jid: string | undefined): Chat | undefined {
    if (jid === STATUS_JID) return { is: 'status' };
    if (jid?.endsWith('@g.us')) {
      const group = this.deps.groups.find(jid);
      return group && { is: 'group', group };
    }
    const person = this.deps.directory.resolve(jid);
    return person && { is: 'person', ...person };
  }
}
