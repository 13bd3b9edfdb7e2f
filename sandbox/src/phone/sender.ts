import { setImmediate as breathe } from 'node:timers/promises';
import { proto, writeRandomPadMax16 } from 'baileys';
import { type Account, type Address, pnJid } from '../accounts/account.ts';
import { type Chat, STATUS_JID } from '../groups/chats.ts';
import { type Group, groupJid, memberJid, membersOf } from '../groups/group.ts';
import { Part } from '../part.ts';
import { type BinaryNode, bigEndian, child, node, nowSeconds } from '../wire/node.ts';
import { bundleInside } from './bundle-inside.ts';
import { aboutMessage, type StanzaAttributes } from './contents/about.ts';
import { deviceSent } from './contents/raw.ts';
import type { Deeds } from './deeds.ts';
import type { PhoneDeps } from './deps.ts';
import type { Inbox, KeptMessage } from './inbox.ts';
import type { PeerMessages } from './peer-messages.ts';
import type { PhoneSignal } from './signal.ts';

const ATTEMPTS_MAX = 5;
/** Sessions opened before other work gets its turn: each costs milliseconds. */
const ENCRYPTIONS_AT_ONCE = 8;

/** Where a phone's message goes; a status names who may see it. */
export type Target =
  | Exclude<Chat, { is: 'status' }>
  | { readonly is: 'status'; readonly audience: Account[] };

interface PhoneSenderDeps extends PhoneDeps {
  readonly inbox: Inbox;
  readonly deeds: Deeds;
  readonly peers: PeerMessages;
}

/** What a phone sends. Each deed turns the ratchets first and then writes sessions, message and routing in one turn. */
export class PhoneSender extends Part<PhoneSenderDeps> {
  /** Sends a message to every device of the chat and of this person; `raw` are its bytes when they are given. */
  async send(
    account: Account,
    signal: PhoneSignal,
    to: Target,
    id: string,
    message: proto.IMessage,
    raw?: Uint8Array,
  ): Promise<void> {
    const about = aboutMessage(message);
    const plain = raw ?? bytesOf(message);
    const content =
      to.is === 'person'
        ? await this.#forPerson(account, signal, to.account, plain, about)
        : await this.#forMany(account, signal, to, plain, about);
    signal.persist();
    const peer = to.is === 'person' ? pnJid(to.account) : jidOf(to);
    const named = { chat: chatOf(to), peer, id };
    if (raw) this.deps.inbox.keepDeed(account.number, named, raw);
    else this.#keep(account, to, { ...named, content: message });
    const { type, edit, polltype } = about;
    const meta = polltype ? [node('meta', { polltype })] : [];
    const attributes = {
      id,
      to: peer,
      type,
      edit,
      ...(to.is === 'group' && { addressing_mode: to.group.mode }),
    };
    this.deps.messages.route({ account, device: 0 }, node('message', attributes, [...content, ...meta]));
  }

  /** Sends one message again to the device that could not read it. */
  async resend(account: Account, signal: PhoneSignal, receipt: BinaryNode): Promise<void> {
    const { directory, preKeys, messages } = this.deps;
    const { id = '', from, participant } = receipt.attrs;
    const to = directory.resolve(participant ?? from);
    const sent = this.deps.inbox.sentContent(account.number, id);
    const count = Number(child(receipt, 'retry')?.attrs.count ?? 1);
    if (!to || count > ATTEMPTS_MAX) return;
    // What many ask for at once goes on one new session: each that is opened pushes an old one out.
    const isOpening = count === 1 && signal.isUnanswered(to);
    const bundle = isOpening ? undefined : (bundleInside(receipt) ?? preKeys.bundle(to));
    if (bundle) await signal.open(to, bundle);
    const own = to.account === account;
    const companion = account.devices.get(to.device);
    if (!sent)
      return own && companion ? this.deps.peers.resend(account, signal, companion, id, count) : undefined;
    const { content, bytes, peer } = sent;
    const shared = participant !== undefined;
    // Bytes of two messages in a row are one message with the fields of both.
    const whole = shared
      ? Buffer.concat([bytes, bytesOf(signal.senderKeys.announcement(peer) ?? {})])
      : bytes;
    const plain = writeRandomPadMax16(own && !shared ? deviceSent(peer, bytes) : whole);
    const { type, ciphertext } = await signal.encrypt(to, plain, () => preKeys.bundle(to));
    signal.persist();
    const about = aboutMessage(content);
    const enc = node('enc', { v: 2, type, count, mediatype: about.mediatype }, Buffer.from(ciphertext));
    const toDevice = shared ? { to: peer, participant } : { to: pnJid(to.account, to.device) };
    const { edit, polltype } = about;
    const meta = polltype ? [node('meta', { polltype })] : [];
    const recipient = own && !shared ? peer : undefined;
    const attributes = { id, ...toDevice, type: about.type, edit, recipient };
    messages.route({ account, device: 0 }, node('message', attributes, [enc, ...meta]));
  }

  /** Asks the sender for a message that could not be decrypted. */
  askAgain(account: Account, stanza: BinaryNode, attempts: number): void {
    if (attempts >= ATTEMPTS_MAX) return;
    const { id, from, t, recipient, participant } = stanza.attrs;
    const { registrationId, identity, signedPreKey } = account.keys;
    const attributes = { id, type: 'retry', to: from, recipient, participant };
    const retry = node('retry', { count: attempts + 1, id, t: t ?? nowSeconds(), v: 1, error: 0 });
    const keys = node('keys', {}, [
      node('type', {}, Buffer.from([5])),
      node('identity', {}, identity.public),
      node('skey', {}, [
        node('id', {}, bigEndian(signedPreKey.id, 3)),
        node('value', {}, signedPreKey.public),
        node('signature', {}, signedPreKey.signature),
      ]),
    ]);
    const parts = [retry, node('registration', {}, bigEndian(registrationId, 4)), keys];
    this.deps.receipts.route({ account, device: 0 }, node('receipt', attributes, parts));
  }

  /** One ciphertext for each device of the two people. */
  async #forPerson(
    account: Account,
    signal: PhoneSignal,
    to: Account,
    plain: Uint8Array,
    about: StanzaAttributes,
  ): Promise<BinaryNode[]> {
    const theirs = to === account ? [] : devicesOf(to);
    const ours = devicesOf(account).filter(({ device }) => device !== 0);
    const copies = [
      ...(await this.#encryptFor(signal, theirs, plain, about)),
      ...(await this.#encryptFor(signal, ours, deviceSent(pnJid(to), plain), about)),
    ];
    return [node('participants', {}, copies)];
  }

  /** One ciphertext for all; devices that have not been given this phone's sender key get it along. */
  async #forMany(
    account: Account,
    signal: PhoneSignal,
    to: Exclude<Target, { is: 'person' }>,
    plain: Uint8Array,
    about: StanzaAttributes,
  ): Promise<BinaryNode[]> {
    const people = to.is === 'group' ? membersOf(to.group) : [account, ...to.audience];
    const devices = people
      .flatMap(devicesOf)
      .filter(({ account: holder, device }) => holder !== account || device !== 0);
    const group = to.is === 'group' ? to.group : undefined;
    const named = new Map(devices.map((device) => [nameOf(group, device), device]));
    const { missing, announcement } = signal.senderKeys.share(jidOf(to), [...named.keys()]);
    // A status is delivered to whoever it lists, so it lists everybody and tells everybody the key.
    const listed = group ? missing : [...named.keys()];
    const addresses = listed.flatMap((name) => named.get(name) ?? []);
    const copies = await this.#encryptFor(signal, addresses, bytesOf(announcement), about, group);
    const ciphertext = signal.senderKeys.encrypt(jidOf(to), writeRandomPadMax16(plain));
    const enc = node('enc', { v: 2, type: 'skmsg', mediatype: about.mediatype }, ciphertext);
    return copies.length > 0 ? [node('participants', {}, copies), enc] : [enc];
  }

  async #encryptFor(
    signal: PhoneSignal,
    devices: Address[],
    plain: Uint8Array,
    { mediatype }: StanzaAttributes,
    group?: Group,
  ): Promise<BinaryNode[]> {
    const copies: BinaryNode[] = [];
    for (const [index, to] of devices.entries()) {
      if (index % ENCRYPTIONS_AT_ONCE === ENCRYPTIONS_AT_ONCE - 1) await breathe();
      const padded = writeRandomPadMax16(plain);
      const { type, ciphertext } = await signal.encrypt(to, padded, () => this.deps.preKeys.bundle(to));
      const enc = node('enc', { v: 2, type, mediatype }, Buffer.from(ciphertext));
      copies.push(node('to', { jid: nameOf(group, to) }, [enc]));
    }
    return copies;
  }

  #keep(account: Account, place: Target, sent: Pick<KeptMessage, 'chat' | 'peer' | 'id' | 'content'>): void {
    const { content: message, ...named } = sent;
    const mine = { account, from: account, status: 'sent', timestamp: Date.now() } as const;
    const reading = this.deps.deeds.take({ ...mine, ...named, place, message });
    if (reading.is !== 'shown') this.deps.inbox.keepDeed(account.number, sent, bytesOf(message));
  }
}

const bytesOf = (message: proto.IMessage): Uint8Array => proto.Message.encode(message).finish();

function devicesOf(account: Account): Address[] {
  return [0, ...account.devices.keys()].map((device) => ({ account, device }));
}

/** The name of a chat on a phone: a number, or a JID. */
export function chatOf(to: Target): string {
  return to.is === 'person' ? to.account.number : jidOf(to);
}

function jidOf(to: Exclude<Target, { is: 'person' }>): string {
  return to.is === 'group' ? groupJid(to.group) : STATUS_JID;
}

function nameOf(group: Group | undefined, { account, device }: Address): string {
  return group ? memberJid(group, account, device) : pnJid(account, device);
}
