import { proto, unpadRandomMax16 } from 'baileys';
import { type Account, type Address, deviceKey, pnJid, withoutDevice } from '../accounts/account.ts';
import { Part } from '../part.ts';
import type { Letter } from '../router/mailbox.ts';
import { receiptIds } from '../router/receipts.ts';
import { type BinaryNode, bytes, children } from '../wire/node.ts';
import type { CompanionWatch } from './companion-watch.ts';
import { refuseDeep } from './contents/depth.ts';
import type { Deeds } from './deeds.ts';
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

interface PhoneReaderDeps extends PhoneDeps {
  readonly inbox: Inbox;
  readonly sender: PhoneSender;
  readonly deeds: Deeds;
  readonly watch: CompanionWatch;
  /** Answers what a companion asks its phone. */
  readonly answer: (
    account: Account,
    signal: PhoneSignal,
    stanza: BinaryNode,
    message: proto.IMessage,
  ) => Promise<void>;
}

/** What a phone does with its mail. Sessions, screen and queue change together, so that a crash repeats a letter whole or not at all. */
export class PhoneReader extends Part<PhoneReaderDeps> {
  /** Reads one letter, unless it has been read meanwhile. */
  async read(
    account: Account,
    signal: PhoneSignal,
    { seq, stanza }: Pick<Letter, 'seq' | 'stanza'>,
  ): Promise<void> {
    const { mailbox } = this.deps;
    if (!mailbox.holds(seq)) return;
    const isRetry = stanza.tag === 'receipt' && stanza.attrs.type === 'retry';
    const failed = (error: unknown): undefined =>
      this.#noteUndecryptable(account, stanza.attrs.participant ?? stanza.attrs.from, stanza, error);
    // A letter that can't be followed, or shown, must not hold up those behind it for ever.
    const message = await this.#follow(account, signal, stanza, isRetry).catch(failed);
    signal.persist();
    mailbox.discard(seq);
    try {
      if (message) this.#show(account, stanza, message);
      if (stanza.tag === 'receipt' && !isRetry) this.#noteReceipt(account, stanza);
    } catch (error) {
      failed(error);
    }
  }

  /** Sends again what somebody could not read, or gives what a message says after doing what it asks. */
  async #follow(
    account: Account,
    signal: PhoneSignal,
    stanza: BinaryNode,
    isRetry: boolean,
  ): Promise<proto.IMessage | undefined> {
    if (isRetry) await this.deps.sender.resend(account, signal, stanza);
    const message = stanza.tag === 'message' ? await this.#decrypt(account, signal, stanza) : undefined;
    if (message && stanza.attrs.category === 'peer') await this.deps.answer(account, signal, stanza, message);
    return message;
  }

  /** All that the ciphertexts of a letter say together; undefined when one can't be read and is asked for again. */
  async #decrypt(
    account: Account,
    signal: PhoneSignal,
    stanza: BinaryNode,
  ): Promise<proto.IMessage | undefined> {
    const { from: chat = '', participant } = stanza.attrs;
    const from = this.deps.directory.resolve(participant ?? chat);
    const encs = children(stanza, 'enc');
    if (!from || encs.length === 0) return undefined;
    const whole: proto.IMessage = {};
    try {
      for (const enc of encs) Object.assign(whole, await this.#open(signal, chat, from, enc));
    } catch (error) {
      if (from.account === account) this.deps.watch.noteUnreadable(from);
      this.#noteUndecryptable(account, pnJid(from.account, from.device), stanza, error);
      const attempts = encs.map((enc) => Number(enc.attrs.count ?? 0));
      this.deps.sender.askAgain(account, stanza, Math.max(...attempts));
      return undefined;
    }
    return whole;
  }

  async #open(signal: PhoneSignal, chat: string, from: Address, enc: BinaryNode): Promise<proto.IMessage> {
    const { type } = enc.attrs;
    const ciphertext = bytes(enc);
    if (!ciphertext || (type !== 'pkmsg' && type !== 'msg' && type !== 'skmsg')) {
      throw new Error(`unknown ciphertext "${type ?? ''}"`);
    }
    const author = deviceKey(from);
    const plain =
      type === 'skmsg'
        ? signal.senderKeys.decrypt(chat, author, ciphertext)
        : await signal.decrypt(from, type, ciphertext);
    const message = proto.Message.decode(unpadRandomMax16(plain));
    refuseDeep(message);
    const key = (message.deviceSentMessage?.message ?? message).senderKeyDistributionMessage;
    if (key?.groupId && key.axolotlSenderKeyDistributionMessage) {
      signal.senderKeys.accept(key.groupId, author, key.axolotlSenderKeyDistributionMessage);
    }
    return message;
  }

  #noteUndecryptable(
    account: Account,
    sender: string | undefined,
    { tag, attrs }: BinaryNode,
    error: unknown,
  ): undefined {
    const about = { number: account.number, tag, messageId: attrs.id ?? '' };
    this.deps.ledger.note('undecryptable', { ...about, from: sender ?? '', text: String(error) });
  }

  #show(account: Account, stanza: BinaryNode, message: proto.IMessage): void {
    const { directory, chats, ledger } = this.deps;
    const { id = '', t, participant, recipient, category, from: envelope } = stanza.attrs;
    const sender = directory.resolve(participant ?? envelope)?.account;
    const copied = message.deviceSentMessage;
    const peer = copied?.destinationJid ?? recipient ?? withoutDevice(envelope);
    const place = chats.resolve(participant === undefined ? peer : envelope);
    if (!sender || !place || category === 'peer') return;
    const chat = place.is === 'person' ? place.account.number : (envelope ?? '');
    const reading = this.deps.deeds.take({
      ...{ account, place, chat, peer, id, from: sender },
      status: sender === account ? 'sent' : 'received',
      timestamp: Number(t) * 1000,
      message: copied?.message ?? message,
    });
    if (reading.is === 'hidden' && participant !== undefined) return;
    const { type, text } = reading.is === 'shown' ? reading : { type: reading.is, text: '' };
    const about = { number: account.number, tag: 'message', messageId: id, type };
    ledger.note('seen', { ...about, from: sender.number, to: chat, text });
  }

  /** Raises the status of the person's messages; in a group each member counts for itself. */
  #noteReceipt(account: Account, receipt: BinaryNode): void {
    const { type = '', participant, from } = receipt.attrs;
    const status = STATUS_OF_RECEIPT[type];
    if (!status) return;
    const reader = participant === undefined ? undefined : this.deps.directory.resolve(participant)?.account;
    const ids = receiptIds(receipt);
    if (!reader || reader === account) {
      this.deps.inbox.raise(account.number, ids, status);
      return;
    }
    const at = Number(receipt.attrs.t) * 1000;
    const others = (this.deps.groups.find(from)?.members.size ?? 1) - 1;
    for (const id of ids) this.deps.inbox.noteReceipt(account.number, id, reader.number, status, at, others);
  }
}
