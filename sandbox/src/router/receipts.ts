import { jidDecode } from 'baileys';
import { type Account, type Address, jidIn, pnJid } from '../accounts/account.ts';
import type { Directory } from '../accounts/directory.ts';
import { type Chat, type Chats, STATUS_JID } from '../groups/chats.ts';
import { groupJid, memberJid } from '../groups/group.ts';
import type { Ledger } from '../ledger/ledger.ts';
import { Part } from '../part.ts';
import type { Store } from '../store/sqlite.ts';
import { type BinaryNode, child, children, isEchoable, node, nowSeconds } from '../wire/node.ts';
import { Accepted } from './accepted.ts';
import type { Mailbox } from './mailbox.ts';

/** What a receipt may carry to others: more ids, or what a retry needs. */
const CARRIED = new Set(['list', 'retry', 'registration', 'keys']);
/** Types the sender of the message gets to see; `inactive` is told as plain delivery. */
const FORWARDED = new Set(['', 'inactive', 'read', 'played']);

interface ReceiptsDeps {
  readonly store: Store;
  readonly mailbox: Mailbox;
  readonly directory: Directory;
  readonly chats: Chats;
  readonly ledger: Ledger;
  /** Whether the sender may learn that this reader has read. */
  readonly tellsRead: (reader: Account, sender: Account) => boolean;
  /** Hears when a device asks its own phone to upload a file again. */
  readonly mediaLost: (from: Address, receipt: BinaryNode) => void;
}

/** Carries receipts from the device that got a message to the people they concern. */
export class Receipts extends Part<ReceiptsDeps> {
  readonly #accepted = new Accepted(this.deps.store);

  /** Routes one receipt of a companion or a phone; types that are bookkeeping go nowhere. */
  route(from: Address, receipt: BinaryNode): void {
    const type = receipt.attrs.type ?? '';
    const { recipient = '' } = receipt.attrs;
    const isSound =
      receiptIds(receipt).every(isEchoable) && (recipient === '' || jidDecode(recipient)?.server);
    if (!isSound) return;
    if (type === 'retry') this.#retry(from, receipt);
    else if (type === 'server-error') this.deps.mediaLost(from, receipt);
    else if (type === 'read-self') this.#tellOwnDevices(from, receipt);
    else if (FORWARDED.has(type)) this.#forward(from, receipt, type === 'inactive' ? '' : type);
  }

  #forward(from: Address, receipt: BinaryNode, type: string): void {
    const { id, to, participant } = receipt.attrs;
    const chat = this.deps.chats.resolve(to);
    const author = chat?.is === 'person' ? chat.account : this.deps.directory.resolve(participant)?.account;
    if (!chat || !author || author === from.account) return;
    const attributes = { ...senderOf(chat, from), id, t: nowSeconds(), type: type || undefined };
    const stanza = node('receipt', attributes, carried(receipt));
    const isTold = type !== 'read' || chat.is === 'group' || this.deps.tellsRead(from.account, author);
    for (const device of isTold ? [0, ...author.devices.keys()] : [])
      this.deps.mailbox.post({ account: author, device }, stanza);
    if (type === 'read' || type === 'played') this.#tellOwnDevices(from, receipt);
  }

  #tellOwnDevices(from: Address, receipt: BinaryNode): void {
    const { id, to, participant } = receipt.attrs;
    const chat = this.deps.chats.resolve(to);
    const author = chat?.is === 'person' ? chat.account : this.deps.directory.resolve(participant)?.account;
    if (!chat || !author) return;
    const attributes = {
      ...senderOf(chat, from),
      recipient: nameIn(chat, author),
      id,
      t: nowSeconds(),
      type: 'read-self',
    };
    const stanza = node('receipt', attributes, carried(receipt));
    for (const device of [0, ...from.account.devices.keys()]) {
      if (device !== from.device) this.deps.mailbox.post({ account: from.account, device }, stanza);
    }
  }

  /** A device could not read a message: the one device that sent it hears so. */
  #retry(from: Address, receipt: BinaryNode): void {
    const { id = '', participant, to, recipient } = receipt.attrs;
    const { chats, directory, mailbox } = this.deps;
    const sender = directory.resolve(participant ?? to);
    const chat = chats.resolve(to);
    if (!sender || !chat) return;
    this.#noteWish(from, sender, id, chat.is === 'status' ? STATUS_JID : undefined, receipt);
    const named =
      chat.is === 'person'
        ? { from: jidIn(sender.mode, from.account, from.device), recipient }
        : { ...senderOf(chat, from), participant: nameIn(chat, from.account, from.device) };
    mailbox.post(sender, node('receipt', { ...named, id, type: 'retry', t: nowSeconds() }, carried(receipt)));
  }

  /** Remembers who waits for a message again, if it was ever sent. */
  #noteWish(from: Address, sender: Address, id: string, chat: string | undefined, receipt: BinaryNode): void {
    const { store, ledger } = this.deps;
    const { number } = from.account;
    const key = [sender.account.number, sender.device, id] as const;
    const wasSent = this.#accepted.has(sender, id);
    const sql =
      'INSERT OR IGNORE INTO retries (number, device, id, wanting, wanting_device) VALUES (?, ?, ?, ?, ?)';
    if (wasSent) store.run(sql, ...key, number, from.device);
    const where = 'INSERT OR REPLACE INTO retry_chats (number, device, id, chat) VALUES (?, ?, ?, ?)';
    if (wasSent && chat !== undefined) store.run(where, ...key, chat);
    const count = child(receipt, 'retry')?.attrs.count ?? '1';
    const about = { number, device: from.device, messageId: id, flags: `count=${count}` };
    ledger.note('retry', { ...about, to: pnJid(sender.account, sender.device) });
  }
}

/** Whom a receipt comes from, as its reader is told: a person, or a member within a chat. */
function senderOf(chat: Chat, from: Address): { from: string; participant?: string } {
  if (chat.is === 'person') return { from: jidIn(chat.mode, from.account) };
  const participant = nameIn(chat, from.account);
  return { from: chat.is === 'group' ? groupJid(chat.group) : STATUS_JID, participant };
}

/** What a chat calls a person. */
function nameIn(chat: Chat, account: Account, device = 0): string {
  if (chat.is === 'group') return memberJid(chat.group, account, device);
  return jidIn(chat.is === 'person' ? chat.mode : 'pn', account, device);
}

/** Whether anybody is told of a receipt; the others are bookkeeping between a device and the network. */
export function isTold({ attrs }: BinaryNode): boolean {
  const { type = '' } = attrs;
  return type === 'retry' || type === 'read-self' || FORWARDED.has(type);
}

function carried(receipt: BinaryNode): BinaryNode[] | undefined {
  const parts = children(receipt).filter(({ tag }) => CARRIED.has(tag));
  return parts.length > 0 ? parts : undefined;
}

/** All message ids a receipt speaks of. */
export function receiptIds(receipt: BinaryNode): string[] {
  const listed = children(child(receipt, 'list'), 'item').map((item) => item.attrs.id ?? '');
  return [receipt.attrs.id ?? '', ...listed].filter((id) => id !== '');
}
