import { type BinaryNode, getAllBinaryNodeChildren, getBinaryNodeChild } from 'baileys';
import { chatKind } from '../../../platform/chat-id.ts';
import type { GroupChange, GroupNews } from '../../port.ts';
import { toChat, toPerson } from '../ids.ts';
import { wellFormed } from '../well-formed.ts';
import { versionIn } from './picture.ts';
import {
  descriptionIn,
  everybodyAddsIn,
  expirationIn,
  isApproved,
  peopleIn,
  readGroup,
  subjectIn,
} from './read-group.ts';

type Read = (change: BinaryNode, about: { now: Date; at: Date }) => GroupChange;

const setting = (settings: Extract<GroupChange, { is: 'set' }>['settings']): Read => {
  return () => ({ is: 'set', settings });
};
const people =
  (is: 'joined' | 'left' | 'promoted' | 'demoted'): Read =>
  (change) => ({ is, people: peopleIn(change) });
const unclear: Read = () => ({ is: 'unclear' });

const readers = new Map<string, Read>([
  ['create', entered],
  ['add', people('joined')],
  ['remove', people('left')],
  ['leave', people('left')],
  ['promote', people('promoted')],
  ['demote', people('demoted')],
  ['subject', ({ attrs }) => ({ is: 'set', settings: { subject: subjectIn(attrs.subject) } })],
  ['description', (change) => ({ is: 'set', settings: { description: descriptionIn(change) } })],
  ['announcement', setting({ onlyAdminsWrite: true })],
  ['not_announcement', setting({ onlyAdminsWrite: false })],
  ['locked', setting({ onlyAdminsEdit: true })],
  ['unlocked', setting({ onlyAdminsEdit: false })],
  ['member_add_mode', (change) => ({ is: 'set', settings: { everybodyAdds: everybodyAddsIn(change) } })],
  ['membership_approval_mode', (change) => ({ is: 'set', settings: { adminsApprove: isApproved(change) } })],
  [
    'ephemeral',
    ({ attrs }) => ({ is: 'set', settings: { expirationSeconds: expirationIn(attrs.expiration) } }),
  ],
  ['not_ephemeral', setting({ expirationSeconds: 0 })],
  [
    'invite',
    ({ attrs }) => (attrs.code ? { is: 'new-link', code: attrs.code.slice(0, 128) } : { is: 'unclear' }),
  ],
  ['created_membership_requests', (change) => ({ is: 'requests', people: peopleIn(change), open: true })],
  ['revoked_membership_requests', (change) => ({ is: 'requests', people: peopleIn(change), open: false })],
  ['delete', () => ({ is: 'ended' })],
]);

/** What a notice of the network tells of a group, in order. */
export function groupNews(stanza: BinaryNode, now: Date): GroupNews[] {
  const { attrs } = stanza;
  const chat = toChat(attrs.from);
  if (!chat || chatKind(chat) !== 'group') return [];
  const nodes = getAllBinaryNodeChildren(stanza);
  const read = attrs.type === 'w:gp2' ? known : attrs.type === 'picture' ? picture : undefined;
  if (!read) return [];
  const named = [attrs.participant, attrs.participant_pn, attrs.participant_lid, nodes[0]?.attrs.author];
  const at = new Date(Number(attrs.t) * 1000);
  const about = wellFormed({ chat, at, by: toPerson(named, attrs.notify) }, now);
  return nodes.map((change) => ({ ...about, change: read(change, { now, at: about.at }) }));
}

const known: Read = (change, about) => {
  const told = (readers.get(change.tag) ?? unclear)(change, about);
  // Settings are texts of strangers; people and groups are read in bounds.
  return told.is === 'set' ? wellFormed(told, about.now) : told;
};
const picture: Read = (change) => ({
  is: 'picture',
  version: (change.tag === 'set' && versionIn(change)) || null,
});

/** Whoever is added is told of the whole group, as its members are when it is new. */
function entered(change: BinaryNode, { now, at }: { now: Date; at: Date }): GroupChange {
  const group = readGroup(getBinaryNodeChild(change, 'group'), { now });
  if (!group) return { is: 'unclear' };
  return { is: 'entered', group, how: howEntered(change, at.getTime() / 1000) };
}

/** Why a notice tells of a whole group: it is new, or we are. */
export function howEntered(change: BinaryNode, atS: number): 'created' | 'added' | 'joined' {
  const createdS = Number(getBinaryNodeChild(change, 'group')?.attrs.creation);
  if (Math.abs(createdS - atS) < 10 && change.attrs.reason === undefined) return 'created';
  return change.attrs.reason === 'invite' ? 'joined' : 'added';
}
