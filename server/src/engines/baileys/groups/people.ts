import { type BinaryNode, getBinaryNodeChild, type WASocket } from 'baileys';
import { type ChatId, phoneOf } from '../../../platform/chat-id.ts';
import type { MemberResult } from '../../port.ts';
import { addressesOf as numbersFound } from '../addresses.ts';
import { toJid, toPerson } from '../ids.ts';
import { momentOf, participantsIn, personOf } from './read-group.ts';

/** Numbers in one question. */
const numbersMax = 200;

/** The address of each person, as WhatsApp registered it; those whose number nobody has there are left out. */
export async function addressesOf(socket: WASocket, people: readonly ChatId[]): Promise<Map<ChatId, ChatId>> {
  const numbers = people.filter((person) => phoneOf(person) !== undefined);
  const addresses = new Map(people.map((person) => [person, person]));
  for (const number of numbers) addresses.delete(number);
  for (let at = 0; at < numbers.length; at += numbersMax) {
    const asked = numbers.slice(at, at + numbersMax);
    const found = await numbersFound(socket, asked);
    for (const [index, number] of asked.entries()) {
      const address = found[index];
      if (address) addresses.set(number, address);
    }
  }
  return addresses;
}

/** A change of people, done for those who have an address; `ask` gets the part of the question that names them. */
export async function changePeople(
  socket: WASocket,
  people: readonly ChatId[],
  ask: (participants: BinaryNode[]) => Promise<BinaryNode | undefined>,
): Promise<MemberResult[]> {
  const addresses = await addressesOf(socket, people);
  const asked = [...new Set(addresses.values())].map((address) => ({
    tag: 'participant',
    attrs: { jid: toJid(address) },
  }));
  const answer = asked.length > 0 ? await ask(asked) : undefined;
  return resultsOf(people, addresses, answer);
}

/**
 * What the answer says of each person, in the order in which they were asked for. Whom the answer names by another address
 * than we asked for is told by the order. Nobody of whom it says nothing counts as done.
 */
export function resultsOf(
  people: readonly ChatId[],
  addresses: ReadonlyMap<ChatId, ChatId>,
  answer: BinaryNode | undefined,
): MemberResult[] {
  const find = finder([...new Set(addresses.values())], participantsIn(answer));
  return people.map((asked): MemberResult => {
    const address = addresses.get(asked);
    if (!address) return { asked, outcome: 'not-on-network', code: 404 };
    const participant = find.get(address);
    if (!participant) return { asked, outcome: 'refused' };
    const code = Number(participant.attrs.error ?? 200);
    const invite = getBinaryNodeChild(participant, 'add_request');
    const until = momentOf(invite?.attrs.expiration);
    return {
      asked,
      outcome: outcomes.get(code) ?? 'refused',
      person: { ...toPerson([toJid(address)]), ...personOf(participant.attrs) },
      ...(code !== 200 && { code }),
      ...(invite?.attrs.code && until && { invitation: { code: invite.attrs.code.slice(0, 256), until } }),
    };
  });
}

/** The part of an answer about each address. */
function finder(asked: readonly ChatId[], participants: readonly BinaryNode[]): Map<ChatId, BinaryNode> {
  const byName = new Map<ChatId, BinaryNode>();
  for (const participant of participants) {
    const { phone, lid } = personOf(participant.attrs);
    for (const name of [phone, lid]) if (name) byName.set(name, participant);
  }
  const found = new Map<ChatId, BinaryNode>();
  for (const address of asked) {
    const participant = byName.get(address);
    if (participant) found.set(address, participant);
  }
  const named = new Set(found.values());
  // Of a new group its creator stands among them.
  const others = participants.filter((one) => !named.has(one) && one.attrs.type !== 'superadmin');
  for (const address of asked) {
    const participant = found.has(address) ? undefined : others.shift();
    if (participant) found.set(address, participant);
  }
  return found;
}

const outcomes = new Map<number, MemberResult['outcome']>([
  [200, 'done'],
  [403, 'private'],
  // Who has left is only let in again by an invitation.
  [408, 'private'],
  [409, 'already'],
  [404, 'absent'],
  [419, 'full'],
  [500, 'full'],
]);
