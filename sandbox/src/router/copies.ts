import { type Account, type Address, deviceKey } from '../accounts/account.ts';
import type { Directory } from '../accounts/directory.ts';
import type { Chat } from '../groups/chats.ts';
import { membersOf } from '../groups/group.ts';
import { type BinaryNode, child, children } from '../wire/node.ts';

/** What one device gets of a message. */
export interface Copy {
  readonly to: Address;
  readonly encs: BinaryNode[];
  /** Whether there is something in it that was made for this device alone. */
  readonly own: boolean;
}

/** Which devices a message of `from` goes to, with the ciphertexts that each can read: devices of the chat, and no others. */
export function copiesFor(directory: Directory, from: Account, chat: Chat, stanza: BinaryNode): Copy[] {
  const direct = children(stanza, 'enc');
  const listed = listedCopies(directory, stanza);
  if (chat.is === 'person') {
    const copies = personCopies(directory, stanza, direct, listed);
    return copies.filter(({ to: { account } }) => account === chat.account || account === from);
  }
  const { participant } = stanza.attrs;
  if (participant !== undefined) {
    const to = directory.resolve(participant);
    const isIn = to && (chat.is !== 'group' || chat.group.members.has(to.account.number));
    return isIn ? [{ to, encs: direct, own: true }] : [];
  }
  if (chat.is === 'status') return listed.map((copy) => ({ ...copy, encs: [...copy.encs, ...direct] }));
  const byDevice = new Map(listed.map((copy) => [deviceKey(copy.to), copy.encs]));
  return membersOf(chat.group).flatMap((account) =>
    [0, ...account.devices.keys()].map((device): Copy => {
      const own = byDevice.get(deviceKey({ account, device }));
      return { to: { account, device }, encs: [...(own ?? []), ...direct], own: own !== undefined };
    }),
  );
}

/** One copy for each device that is listed, however often it is. */
function listedCopies(directory: Directory, stanza: BinaryNode): Copy[] {
  const copies = new Map<string, Copy>();
  for (const each of children(child(stanza, 'participants'), 'to')) {
    const to = directory.resolve(each.attrs.jid);
    if (to && !copies.has(deviceKey(to)))
      copies.set(deviceKey(to), { to, encs: children(each, 'enc'), own: true });
  }
  return [...copies.values()];
}

/** A resend carries the one device's ciphertext beside a list of participants that already have theirs. */
function personCopies(
  directory: Directory,
  stanza: BinaryNode,
  direct: BinaryNode[],
  listed: Copy[],
): Copy[] {
  const to = directory.resolve(stanza.attrs.to);
  return to && direct.length > 0 ? [{ to, encs: direct, own: true }] : listed;
}
