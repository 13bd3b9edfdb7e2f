import { type BinaryNode, getAllBinaryNodeChildren, getBinaryNodeChild, jidEncode } from 'baileys';
import { chatKind } from '../../../platform/chat-id.ts';
import type { GroupInfo, GroupMember, Person } from '../../port.ts';
import { toChat, toPerson } from '../ids.ts';
import { wellFormed } from '../well-formed.ts';

/** The largest groups are those of communities, with 5,000. */
const membersMax = 10_000;
/** WhatsApp's own limits are 100 and 2,048 characters. */
const subjectMax = 512;
const descriptionMax = 8_192;
const secondsMax = 366 * 86_400;

export const childrenOf = (node: BinaryNode | undefined) => (node ? getAllBinaryNodeChildren(node) : []);

/** The text of a leaf. */
export function textOf({ content }: BinaryNode): string {
  if (typeof content === 'string') return content;
  return content instanceof Uint8Array ? Buffer.from(content).toString() : '';
}

/** The people that a change names, each by at least one address. */
export function peopleIn(node: BinaryNode | undefined): Person[] {
  return participantsIn(node)
    .slice(0, membersMax)
    .map(({ attrs }) => personOf(attrs))
    .filter(isKnown);
}

export const personOf = (attrs: Record<string, string | undefined>): Person =>
  toPerson([attrs.jid, attrs.phone_number, attrs.lid]);

export const subjectIn = (text: string | undefined) => (text ?? '').slice(0, subjectMax);
export const expirationIn = (seconds: string | undefined): number => {
  const number = Number(seconds);
  return Number.isInteger(number) && number > 0 && number <= secondsMax ? number : 0;
};
export const isApproved = (mode: BinaryNode | undefined) =>
  mode !== undefined && getBinaryNodeChild(mode, 'group_join')?.attrs.state === 'on';
export const everybodyAddsIn = (mode: BinaryNode | undefined) =>
  mode !== undefined && textOf(mode) === 'all_member_add';
export function descriptionIn(description: BinaryNode | undefined): string | null {
  const body = description && getBinaryNodeChild(description, 'body');
  return (body && textOf(body).slice(0, descriptionMax)) || null;
}

/** A group as WhatsApp describes it; undefined when it names none. What strangers wrote in it is bounded. */
export function readGroup(
  node: BinaryNode | undefined,
  { now, isOutline = false }: { now: Date; isOutline?: boolean },
): GroupInfo | undefined {
  const id = node?.attrs.id;
  const chat = id ? toChat(id.includes('@') ? id : jidEncode(id, 'g.us')) : undefined;
  if (!node || !chat || chatKind(chat) !== 'group') return undefined;
  const { attrs } = node;
  const child = (tag: string) => getBinaryNodeChild(node, tag);
  const owner = toPerson([attrs.creator, attrs.creator_pn]);
  const size = Number(attrs.size);
  const members = isOutline ? undefined : membersIn(node);
  const info = {
    chat,
    kind: kindOf(node),
    parent: toChat(child('linked_parent')?.attrs.jid) ?? null,
    subject: subjectIn(attrs.subject),
    description: descriptionIn(child('description')),
    owner: isKnown(owner) ? owner : null,
    createdAt: momentOf(attrs.creation),
    onlyAdminsWrite: child('announcement') !== undefined,
    onlyAdminsEdit: child('locked') !== undefined,
    everybodyAdds: everybodyAddsIn(child('member_add_mode')),
    adminsApprove: isApproved(child('membership_approval_mode')),
    expirationSeconds: expirationIn(child('ephemeral')?.attrs.expiration),
  } satisfies Partial<GroupInfo>;
  const memberCount = members?.length ?? (Number.isInteger(size) && size > 0 ? size : 0);
  return { ...wellFormed(info, now), memberCount, ...(members && { members }) };
}

function kindOf(node: BinaryNode): GroupInfo['kind'] {
  if (getBinaryNodeChild(node, 'parent')) return 'community';
  return getBinaryNodeChild(node, 'default_sub_group') ? 'announcements' : 'group';
}

function membersIn(node: BinaryNode): GroupMember[] {
  const members: GroupMember[] = [];
  for (const { attrs } of participantsIn(node)) {
    if (members.length === membersMax) break;
    const person = personOf(attrs);
    // In the answer to a creation those who could not be added stand among the members.
    if (attrs.error !== undefined || !isKnown(person)) continue;
    const role = attrs.type === 'superadmin' || attrs.type === 'admin' ? attrs.type : 'member';
    members.push({ ...person, role });
  }
  return members;
}

export const participantsIn = (node: BinaryNode | undefined): BinaryNode[] =>
  childrenOf(node).filter(({ tag }) => tag === 'participant');

const isKnown = ({ phone, lid }: Person) => phone !== undefined || lid !== undefined;

/** A moment of the past in Unix seconds. */
export function momentOf(seconds: string | undefined): Date | null {
  const s = Number(seconds);
  return Number.isInteger(s) && s > 0 && s < 4_102_444_800 ? new Date(s * 1000) : null;
}
