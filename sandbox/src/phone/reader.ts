import { proto, unpadRandomMax16 } from 'baileys';
import { type Account, type Address, pnJid, withoutDevice } from '../accounts/account.ts';
import type { Letter } from '../router/mailbox.ts';
import { receiptIds } from '../router/receipts.ts';
import { type BinaryNode, bytes, child } from '../wire/node.ts';
import { contentOf } from './content.ts';
import type { PhoneDeps } from './deps.ts';
import type { Inbox, InboxStatus } from './inbox.ts';
import type { PhoneSender } from './sender.ts';
import type { PhoneSignal } from './signal.ts';

const STATUS_OF_RECEIPT: Record<string, InboxStatus> = {
  '': 'delivered',
  read: 'read',
  played: 'played',
  'read-self': 'read',
};

/** What a phone does with its mail. Sessions, screen and queue change together, so that a crash repeats a letter whole or not at all. */
export class PhoneReader {
  readonly #deps: PhoneDeps;
  readonly #inbox: Inbox;
  readonly #sender: PhoneSender;
  /** Told of what a companion asks its phone; set once by the phones. */
  onRequest: (
    account: Account,
    signal: PhoneSignal,
    stanza: BinaryNode,
    message: proto.IMessage,
  ) => Promise<void> = async () => undefined;

  constructor(deps: PhoneDeps, inbox: Inbox, sender: PhoneSender) {
    this.#deps = deps;
    this.#inbox = inbox;
    this.#sender = sender;
  }

  /** Reads one letter, unless it has been read meanwhile. */
  async read(
    account: Account,
    signal: PhoneSignal,
    { seq, stanza }: Pick<Letter, 'seq' | 'stanza'>,
  ): Promise<void> {
    const { mailbox } = this.#deps;
    if (!mailbox.holds(seq)) return;
    const isRetry = stanza.tag === 'receipt' && stanza.attrs.type === 'retry';
    if (isRetry) await this.#sender.resend(account, signal, stanza);
    const message = stanza.tag === 'message' ? await this.#decrypt(account, signal, stanza) : undefined;
    if (message && stanza.attrs.category === 'peer') await this.onRequest(account, signal, stanza, message);
    signal.persist();
    mailbox.discard(seq);
    if (message) this.#show(account, stanza, message);
    const status = stanza.tag === 'receipt' ? STATUS_OF_RECEIPT[stanza.attrs.type ?? ''] : undefined;
    if (status) this.#inbox.raise(account.number, receiptIds(stanza), status);
  }

  async #decrypt(
    account: Account,
    signal: PhoneSignal,
    stanza: BinaryNode,
  ): Promise<proto.IMessage | undefined> {
    const from = this.#deps.directory.resolve(stanza.attrs.from);
    const enc = child(stanza, 'enc');
    const ciphertext = bytes(enc);
    const type = enc?.attrs.type;
    if (!from || !ciphertext || (type !== 'pkmsg' && type !== 'msg')) return undefined;
    try {
      return proto.Message.decode(unpadRandomMax16(await signal.decrypt(from, type, ciphertext)));
    } catch (error) {
      this.#noteUndecryptable(account, from, stanza, error);
      this.#sender.askAgain(account, stanza, Number(enc?.attrs.count ?? 0));
      return undefined;
    }
  }

  #noteUndecryptable(account: Account, from: Address, stanza: BinaryNode, error: unknown): void {
    const about = { number: account.number, tag: 'message', messageId: stanza.attrs.id ?? '' };
    const sender = pnJid(from.account, from.device);
    this.#deps.ledger.note('undecryptable', { ...about, from: sender, text: String(error) });
  }

  #show(account: Account, stanza: BinaryNode, message: proto.IMessage): void {
    const { directory, ledger } = this.#deps;
    const sender = directory.resolve(stanza.attrs.from)?.account;
    const copied = message.deviceSentMessage;
    const peer = copied?.destinationJid ?? stanza.attrs.recipient ?? withoutDevice(stanza.attrs.from);
    const chat = directory.resolve(peer)?.account.number;
    if (!sender || !chat || stanza.attrs.category === 'peer') return;
    const { number } = account;
    const { id = '', t } = stanza.attrs;
    const shown = copied?.message ?? message;
    const content = contentOf(shown);
    const from = sender.number;
    if (content.is === 'revoked') this.#inbox.revoke(number, content.id, from);
    if (content.is === 'edited') this.#inbox.edit(number, content.id, from, content.text);
    const { type, text } = content.is === 'shown' ? content : { type: content.is, text: '' };
    ledger.note('seen', { number, tag: 'message', messageId: id, type, from, to: chat, text });
    if (content.is !== 'shown') return;
    const fromMe = sender === account;
    const status = fromMe ? 'sent' : 'received';
    const timestamp = Number(t) * 1000;
    this.#inbox.add(number, { chat, id, from, fromMe, type, text, status, timestamp, peer, content: shown });
  }
}
