import { type BinaryNode, getAllBinaryNodeChildren, getBinaryNodeChild } from 'baileys';
import { type ChatId, chatKind } from '../../../platform/chat-id.ts';
import type { IncomingMessage, Person } from '../../port.ts';
import { howEntered } from '../groups/news.ts';
import { textOf } from '../groups/read-group.ts';
import { isSameChat, toChat, toMessageId, toPerson } from '../ids.ts';
import { type Content, content } from './wire-message.ts';

interface Self {
  id: string;
  lid?: string | undefined;
}

interface Notice {
  actor: Person;
  self: Self;
  atS: number;
}

type Read = (change: BinaryNode, notice: Notice) => Record<string, unknown> | undefined;

const setting = (name: string, value: (change: BinaryNode) => boolean): Read => {
  return (change) => ({ action: 'setting', setting: name, on: value(change) });
};

const changes = new Map<string, Read>([
  ['create', created],
  ['add', (change, { actor }) => moved(change, actor, 'joined', 'added')],
  ['remove', (change, { actor }) => moved(change, actor, 'left', 'removed')],
  ['leave', (change, { actor }) => moved(change, actor, 'left', 'left')],
  ['promote', (change) => ({ action: 'promoted', people: peopleIn(change) })],
  ['demote', (change) => ({ action: 'demoted', people: peopleIn(change) })],
  ['modify', (change) => ({ action: 'number-changed', people: peopleIn(change) })],
  ['subject', ({ attrs }) => ({ action: 'subject', subject: attrs.subject })],
  ['description', described],
  ['announcement', setting('only-admins-write', () => true)],
  ['not_announcement', setting('only-admins-write', () => false)],
  ['locked', setting('only-admins-edit', () => true)],
  ['unlocked', setting('only-admins-edit', () => false)],
  ['member_add_mode', setting('everybody-adds', (change) => textOf(change) === 'all_member_add')],
  [
    'membership_approval_mode',
    setting('admins-approve', (change) => getBinaryNodeChild(change, 'group_join')?.attrs.state === 'on'),
  ],
  ['ephemeral', ({ attrs }) => ({ action: 'expiration', seconds: Number(attrs.expiration) || 0 })],
  ['not_ephemeral', () => ({ action: 'expiration', seconds: 0 })],
  ['invite', () => ({ action: 'invite-link' })],
  ['delete', () => ({ action: 'deleted' })],
]);

/** What changed in a group, as messages of it; the network tells, and no member can. */
export function groupChanges(stanza: BinaryNode, self: Self): IncomingMessage[] {
  const { attrs } = stanza;
  const chat = toChat(attrs.from);
  if (!attrs.id || !chat || chatKind(chat) !== 'group') return [];
  const atS = Number(attrs.t);
  const nodes = getAllBinaryNodeChildren(stanza);
  const actor = actorOf(stanza, nodes);
  const read = attrs.type === 'picture' ? picture : attrs.type === 'w:gp2' ? known : undefined;
  return nodes.flatMap((change, nth): IncomingMessage[] => {
    const said = read?.(change, { actor, self, atS });
    if (!said) return [];
    return [
      {
        // Of a notice that tells several, each needs an id of its own.
        id: toMessageId(nth === 0 ? String(attrs.id) : `${attrs.id}-${nth}`),
        chat,
        sender: actor,
        fromMe: false,
        timestamp: new Date(atS * 1000),
        content: groupChange({ ...said, actor: nameOf(actor) }),
        late: attrs.offline !== undefined,
      },
    ];
  });
}

const groupChange = (fields: Record<string, unknown>): Content => content('group-change', fields);
const known: Read = (change, notice) => changes.get(change.tag)?.(change, notice);

const picture: Read = ({ tag }) =>
  tag === 'set' || tag === 'delete'
    ? { action: 'picture', ...(tag === 'delete' && { removed: true }) }
    : undefined;

function actorOf({ attrs }: BinaryNode, [change]: BinaryNode[]): Person {
  const named = [attrs.participant, attrs.participant_pn, attrs.participant_lid];
  return toPerson([...named, change?.attrs.author], attrs.notify);
}

/** Whoever is added is told of the whole group, as its members are when it is new. */
function created(change: BinaryNode, { self, atS }: Notice) {
  const group = getBinaryNodeChild(change, 'group');
  if (!group) return undefined;
  const action = howEntered(change, atS);
  if (action === 'created') return { action, subject: group.attrs.subject };
  const me = nameOf(toPerson([self.id, self.lid]));
  return { action, people: [me], subject: group.attrs.subject };
}

function moved(change: BinaryNode, actor: Person, byThemselves: string, byOthers: string) {
  const people = peopleIn(change);
  const isAlone =
    people.length === 1 && (isSameChat(people[0], actor.phone) || isSameChat(people[0], actor.lid));
  return { action: isAlone ? byThemselves : byOthers, people };
}

function described(change: BinaryNode) {
  const body = getBinaryNodeChild(change, 'body');
  return { action: 'description', description: body && textOf(body), removed: !body || undefined };
}

function peopleIn(change: BinaryNode): ChatId[] {
  const people = getAllBinaryNodeChildren(change).filter(({ tag }) => tag === 'participant');
  return people.flatMap(({ attrs }) => nameOf(toPerson([attrs.jid, attrs.phone_number, attrs.lid])) ?? []);
}

const nameOf = ({ phone, lid }: Person): ChatId | undefined => phone ?? lid;
