import { type Account, type Address, jidIn, pnJid } from '../accounts/account.ts';
import type { Directory } from '../accounts/directory.ts';
import type { Ledger } from '../ledger/ledger.ts';
import type { Store } from '../store/sqlite.ts';
import { type BinaryNode, child, children, node, nowSeconds } from '../wire/node.ts';
import type { Mailbox } from './mailbox.ts';

/** Types the sender of the message gets to see; `inactive` is told as plain delivery. */
const FORWARDED = new Set(['', 'inactive', 'read', 'played']);

/** Carries receipts from the device that got a message to the people they concern. */
export class Receipts {
  /** Whether the sender may learn that this reader has read; set once by whoever knows. */
  tellsRead: (reader: Account, sender: Account) => boolean = () => true;
  readonly #store: Store;
  readonly #mailbox: Mailbox;
  readonly #directory: Directory;
  readonly #ledger: Ledger;

  constructor(store: Store, mailbox: Mailbox, directory: Directory, ledger: Ledger) {
    this.#store = store;
    this.#mailbox = mailbox;
    this.#directory = directory;
    this.#ledger = ledger;
  }

  /** Routes one receipt of a companion or a phone; types that are bookkeeping go nowhere. */
  route(from: Address, receipt: BinaryNode): void {
    const type = receipt.attrs.type ?? '';
    if (type === 'retry') this.#retry(from, receipt);
    else if (type === 'read-self') this.#tellOwnDevices(from, receipt);
    else if (FORWARDED.has(type)) this.#forward(from, receipt, type === 'inactive' ? '' : type);
  }

  #forward(from: Address, receipt: BinaryNode, type: string): void {
    const to = this.#directory.resolve(receipt.attrs.to);
    if (!to || to.account === from.account) return;
    const { id } = receipt.attrs;
    const attributes = { from: jidIn(to.mode, from.account), id, t: nowSeconds(), type: type || undefined };
    const stanza = node('receipt', attributes, receipt.content);
    const isTold = type !== 'read' || this.tellsRead(from.account, to.account);
    for (const device of isTold ? [0, ...to.account.devices.keys()] : [])
      this.#mailbox.post({ account: to.account, device }, stanza);
    if (type === 'read' || type === 'played') this.#tellOwnDevices(from, receipt);
  }

  #tellOwnDevices(from: Address, receipt: BinaryNode): void {
    const { id, to } = receipt.attrs;
    const chat = this.#directory.resolve(to);
    if (!chat) return;
    const recipient = jidIn(chat.mode, chat.account);
    const attributes = {
      from: jidIn(chat.mode, from.account),
      recipient,
      id,
      t: nowSeconds(),
      type: 'read-self',
    };
    const stanza = node('receipt', attributes, receipt.content);
    for (const device of [0, ...from.account.devices.keys()]) {
      if (device !== from.device) this.#mailbox.post({ account: from.account, device }, stanza);
    }
  }

  #retry(from: Address, receipt: BinaryNode): void {
    const { id = '', participant, to, recipient } = receipt.attrs;
    const sender = this.#directory.resolve(participant ?? to);
    if (!sender) return;
    this.#store.run(
      'INSERT OR IGNORE INTO retries (number, device, id, wanting, wanting_device) VALUES (?, ?, ?, ?, ?)',
      sender.account.number,
      sender.device,
      id,
      from.account.number,
      from.device,
    );
    const count = child(receipt, 'retry')?.attrs.count ?? '1';
    const { number } = from.account;
    this.#ledger.note('retry', {
      number,
      device: from.device,
      messageId: id,
      to: pnJid(sender.account, sender.device),
      flags: `count=${count}`,
    });
    const requester = jidIn(sender.mode, from.account, from.device);
    const attributes = { from: requester, id, type: 'retry', t: nowSeconds(), recipient };
    this.#mailbox.post(sender, node('receipt', attributes, receipt.content));
  }
}

/** All message ids a receipt speaks of. */
export function receiptIds(receipt: BinaryNode): string[] {
  const listed = children(child(receipt, 'list'), 'item').map((item) => item.attrs.id ?? '');
  return [receipt.attrs.id ?? '', ...listed].filter((id) => id !== '');
}
