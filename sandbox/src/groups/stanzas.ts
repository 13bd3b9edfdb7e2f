import { type Account, lidJid, pnJid } from '../accounts/account.ts';
import type { Directory } from '../accounts/directory.ts';
import { type BinaryNode, node } from '../wire/node.ts';
import { type Group, memberJid, type Role } from './group.ts';

/** The attribute that gives a person's other name beside the one the group uses. */
function otherName(group: Group, account: Account): { phone_number: string } | { lid: string } {
  return group.mode === 'lid' ? { phone_number: pnJid(account) } : { lid: lidJid(account) };
}

/** A person inside a `group` or a notification, with both names. */
export function participantNode(group: Group, account: Account, role: Role = 'member'): BinaryNode {
  const type = role === 'member' ? undefined : role;
  return node('participant', { jid: memberJid(group, account), ...otherName(group, account), type });
}

/** Who acted, as attributes of a notification. */
export function actorAttributes(group: Group, actor: Account): Record<string, string | undefined> {
  const participant = memberJid(group, actor);
  return group.mode === 'lid'
    ? { participant, participant_pn: pnJid(actor), addressing_mode: 'lid' }
    : { participant, participant_lid: lidJid(actor) };
}

/** The `group` node: everything a member may know; with `outline` what an invite link shows to a stranger. */
export function groupNode(group: Group, directory: Directory, outline = false): BinaryNode {
  const creator = directory.find(group.creator);
  const author = directory.find(group.subjectBy);
  const attributes = {
    ...{ id: group.id, subject: group.subject, s_t: group.subjectAt, creation: group.createdAt },
    s_o: author && memberJid(group, author),
    s_o_pn: author && group.mode === 'lid' ? pnJid(author) : undefined,
    creator: creator && memberJid(group, creator),
    creator_pn: creator && group.mode === 'lid' ? pnJid(creator) : undefined,
    addressing_mode: group.mode === 'lid' ? 'lid' : undefined,
    size: group.members.size,
  };
  const members = outline
    ? []
    : [...group.members.values()].map(({ account, role }) => participantNode(group, account, role));
  return node('group', attributes, [...members, ...settingNodes(group, directory)]);
}

function settingNodes(group: Group, directory: Directory): BinaryNode[] {
  const { announcement, locked, ephemeral, everybodyAdds, approval } = group;
  const add = everybodyAdds ? 'all_member_add' : 'admin_add';
  return [
    ...(group.description ? [descriptionNode(group, group.description, directory)] : []),
    ...(announcement ? [node('announcement')] : []),
    ...(locked ? [node('locked')] : []),
    ...(ephemeral > 0 ? [node('ephemeral', { expiration: ephemeral })] : []),
    node('member_add_mode', {}, Buffer.from(add)),
    ...(approval ? [node('membership_approval_mode', {}, [node('group_join', { state: 'on' })])] : []),
  ];
}

/** What a group says about itself, with who wrote it. */
export function descriptionNode(
  group: Group,
  description: NonNullable<Group['description']>,
  directory: Directory,
): BinaryNode {
  const author = directory.find(description.by);
  const attributes = {
    ...{ id: description.id, t: description.at },
    participant: author && memberJid(group, author),
    participant_pn: author && group.mode === 'lid' ? pnJid(author) : undefined,
  };
  return node('description', attributes, [node('body', {}, Buffer.from(description.text))]);
}
