import { type Account, type Address, jidIn, lidJid, pnJid } from '../accounts/account.ts';
import { type Chat, STATUS_JID } from '../groups/chats.ts';
import { groupJid, memberJid } from '../groups/group.ts';
import { type BinaryNode, children, node, nowSeconds } from '../wire/node.ts';
import type { Copy } from './copies.ts';

type Person = Extract<Chat, { is: 'person' }>;
type Attributes = Record<string, string | undefined>;

const PASSED_ON = new Set(['reporting', 'meta', 'biz', 'bot']);

/** The stanza that brings a message to one device. */
export function letterFor(from: Address, chat: Chat, copy: Copy, stanza: BinaryNode): BinaryNode {
  const { id, type, edit, category } = stanza.attrs;
  const attributes = {
    ...{ id, type, edit, category, t: nowSeconds(), notify: from.account.name },
    ...envelope(from, chat, copy.to, category),
  };
  const identity = copy.encs.some((enc) => enc.attrs.type === 'pkmsg')
    ? children(stanza, 'device-identity')
    : [];
  const passed = children(stanza).filter((each) => PASSED_ON.has(each.tag));
  return node('message', attributes, [...copy.encs, ...identity, ...passed]);
}

/** Where a letter says it comes from: in the mode in which the sender addressed the chat. */
function envelope(from: Address, chat: Chat, to: Address, category: string | undefined): Attributes {
  const { account, device } = from;
  if (chat.is === 'status') {
    return { from: STATUS_JID, participant: pnJid(account, device), participant_lid: lidJid(account) };
  }
  if (chat.is === 'group') {
    const participant = memberJid(chat.group, account, device);
    const other =
      chat.group.mode === 'lid'
        ? { participant_pn: pnJid(account), addressing_mode: 'lid' }
        : { participant_lid: lidJid(account) };
    return { from: groupJid(chat.group), participant, ...other };
  }
  const names = to.account === account ? ownCopy(chat, category) : otherName(chat.mode, account);
  return { from: jidIn(chat.mode, account, device), ...names };
}

/** How a sender's own device learns which chat a copy belongs to; a peer message belongs to none. */
function ownCopy(chat: Person, category: string | undefined): Attributes {
  if (category === 'peer') return {};
  const recipient = jidIn(chat.mode, chat.account);
  if (chat.mode === 'lid') return { recipient, peer_recipient_pn: pnJid(chat.account) };
  return { recipient, peer_recipient_lid: lidJid(chat.account) };
}

function otherName(mode: 'pn' | 'lid', sender: Account): Attributes {
  return mode === 'lid' ? { sender_pn: pnJid(sender) } : { sender_lid: lidJid(sender) };
}
