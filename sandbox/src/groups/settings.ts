import type { Account } from '../accounts/account.ts';
import type { Directory } from '../accounts/directory.ts';
import { Part } from '../part.ts';
import { stanzaId } from '../router/notifications.ts';
import { type BinaryNode, node, nowSeconds } from '../wire/node.ts';
import { type Group, type GroupSettings, memberJid, membersOf } from './group.ts';
import type { Groups } from './groups.ts';
import type { Done } from './membership.ts';
import type { GroupNotices } from './notices.ts';
import { assertAdmin, assertMember, GroupRefusal, notAcceptable, subjectIn } from './refusal.ts';
import { descriptionNode } from './stanzas.ts';

const DESCRIPTION_MAX = 2048;
const EPHEMERAL_MAX = 365 * 86_400;

/** What somebody wants to change at once; what is left out stays. No `description` but null: there is none any more. */
export interface SettingsChange {
  readonly subject?: string;
  readonly description?: string | null;
  readonly announcement?: boolean;
  readonly locked?: boolean;
  readonly ephemeral?: number;
  readonly everybodyAdds?: boolean;
  readonly approval?: boolean;
}

const FOR_ADMINS = ['announcement', 'locked', 'everybodyAdds', 'approval'] as const;

interface SettingsDeps {
  readonly groups: Groups;
  readonly notices: GroupNotices;
  readonly directory: Directory;
}

/** What a group is called, says about itself, and lets its members do. */
export class Settings extends Part<SettingsDeps> {
  /** Changes several settings: all of them, or none when one is not allowed or makes no sense. */
  change(actor: Account, group: Group, change: SettingsChange): Done<undefined> {
    const { subject, description, announcement, locked, ephemeral, everybodyAdds, approval } = change;
    if (FOR_ADMINS.some((name) => change[name] !== undefined)) assertAdmin(group, actor);
    else assertMayEdit(group, actor);
    if (subject !== undefined) subjectIn(subject);
    if (typeof description === 'string') assertDescription(description);
    if (ephemeral !== undefined) assertEphemeral(ephemeral);
    const done: Done<undefined>[] = [];
    if (subject !== undefined) done.push(this.subject(actor, group, subject));
    if (description !== undefined)
      done.push(this.description(actor, group, stanzaId(), description ?? undefined));
    if (announcement !== undefined) done.push(this.announcement(actor, group, announcement));
    if (locked !== undefined) done.push(this.locked(actor, group, locked));
    if (ephemeral !== undefined) done.push(this.ephemeral(actor, group, ephemeral));
    if (everybodyAdds !== undefined) done.push(this.everybodyAdds(actor, group, everybodyAdds));
    if (approval !== undefined) done.push(this.approval(actor, group, approval));
    if (done.length === 0) throw new GroupRefusal(400, 'bad-request', 'Name at least one thing to change.');
    return {
      value: undefined,
      tell: () => {
        for (const each of done) each.tell();
      },
    };
  }

  subject(actor: Account, group: Group, text: string): Done<undefined> {
    assertMayEdit(group, actor);
    const subject = subjectIn(text);
    const at = nowSeconds();
    const change = node('subject', { subject, s_o: memberJid(group, actor), s_t: at });
    return this.#set(actor, group, { subject, subjectBy: actor.number, subjectAt: at }, change);
  }

  /** `previous` is the id of the description that the actor saw: a newer one is not overwritten (409). */
  description(
    actor: Account,
    group: Group,
    id: string,
    text: string | undefined,
    previous?: string,
  ): Done<undefined> {
    assertMayEdit(group, actor);
    if (previous !== undefined && previous !== group.description?.id)
      throw new GroupRefusal(409, 'conflict', 'Somebody else has changed the description meanwhile.');
    if (text === undefined) {
      return this.#set(actor, group, { description: undefined }, node('description', { delete: 'true' }));
    }
    assertDescription(text);
    const description = { id, text, by: actor.number, at: nowSeconds() };
    return this.#set(actor, group, { description }, descriptionNode(group, description, this.deps.directory));
  }

  announcement(actor: Account, group: Group, on: boolean): Done<undefined> {
    assertAdmin(group, actor);
    return this.#set(actor, group, { announcement: on }, node(on ? 'announcement' : 'not_announcement'));
  }

  locked(actor: Account, group: Group, on: boolean): Done<undefined> {
    assertAdmin(group, actor);
    return this.#set(actor, group, { locked: on }, node(on ? 'locked' : 'unlocked'));
  }

  /** Seconds until new messages disappear; 0 for never. */
  ephemeral(actor: Account, group: Group, seconds: number): Done<undefined> {
    assertMayEdit(group, actor);
    assertEphemeral(seconds);
    const change = seconds === 0 ? node('not_ephemeral') : node('ephemeral', { expiration: seconds });
    return this.#set(actor, group, { ephemeral: seconds }, change);
  }

  everybodyAdds(actor: Account, group: Group, on: boolean): Done<undefined> {
    assertAdmin(group, actor);
    const change = node('member_add_mode', {}, Buffer.from(on ? 'all_member_add' : 'admin_add'));
    return this.#set(actor, group, { everybodyAdds: on }, change);
  }

  approval(actor: Account, group: Group, on: boolean): Done<undefined> {
    assertAdmin(group, actor);
    const state = on ? 'on' : 'off';
    const change = node('membership_approval_mode', {}, [node('group_join', { state })]);
    return this.#set(actor, group, { approval: on }, change);
  }

  #set(actor: Account, group: Group, settings: Partial<GroupSettings>, change: BinaryNode): Done<undefined> {
    const { groups, notices } = this.deps;
    groups.update(group, settings);
    return { value: undefined, tell: () => notices.tell(group, actor, change, membersOf(group)) };
  }
}

function assertDescription(text: string): void {
  if (text.length > DESCRIPTION_MAX)
    throw notAcceptable(`A description has up to ${DESCRIPTION_MAX} characters.`);
}

function assertEphemeral(seconds: number): void {
  if (Number.isInteger(seconds) && seconds >= 0 && seconds <= EPHEMERAL_MAX) return;
  const what = 'Messages disappear after a whole number of seconds, up to a year.';
  throw new GroupRefusal(400, 'bad-request', what);
}

/** In a locked group only admins change what it looks like. */
export function assertMayEdit(group: Group, actor: Account): void {
  if (group.locked) assertAdmin(group, actor);
  else assertMember(group, actor);
}
