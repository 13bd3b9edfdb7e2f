import { encodeWAMessage, type proto } from 'baileys';
import { type Account, type Address, pnJid } from '../accounts/account.ts';
import type { KeyBundle } from '../accounts/prekeys.ts';
import { type BinaryNode, bigEndian, bytes, child, node, nowSeconds, uint } from '../wire/node.ts';
import { contentOf } from './content.ts';
import type { PhoneDeps } from './deps.ts';
import type { Inbox } from './inbox.ts';
import type { PeerMessages } from './peer-messages.ts';
import type { PhoneSignal } from './signal.ts';

const ATTEMPTS_MAX = 5;

/** What a phone sends. Each deed turns the ratchets first and then writes sessions, message and routing in one turn. */
export class PhoneSender {
  readonly #deps: PhoneDeps;
  readonly #inbox: Inbox;
  readonly #peers: PeerMessages;

  constructor(deps: PhoneDeps, inbox: Inbox, peers: PeerMessages) {
    this.#deps = deps;
    this.#inbox = inbox;
    this.#peers = peers;
  }

  /** Sends a message to every device of the other person and of this one. */
  async send(
    account: Account,
    signal: PhoneSignal,
    to: Account,
    id: string,
    message: proto.IMessage,
  ): Promise<void> {
    const destinationJid = pnJid(to);
    const theirs = to === account ? [] : [0, ...to.devices.keys()].map((device) => ({ account: to, device }));
    const ours = [...account.devices.keys()].map((device) => ({ account, device }));
    const copies = [
      ...(await this.#encryptFor(signal, theirs, message)),
      ...(await this.#encryptFor(signal, ours, { deviceSentMessage: { destinationJid, message } })),
    ];
    signal.persist();
    const content = contentOf(message);
    const { type, text } = content.is === 'shown' ? content : { type: content.is, text: '' };
    const mine = { from: account.number, fromMe: true, status: 'sent', timestamp: Date.now() } as const;
    this.#inbox.add(account.number, {
      ...mine,
      chat: to.number,
      id,
      type,
      text,
      peer: destinationJid,
      content: message,
    });
    const stanza = node('message', { id, to: destinationJid, type: 'text' }, [
      node('participants', {}, copies),
    ]);
    this.#deps.messages.route({ account, device: 0 }, stanza);
  }

  /** Sends one message again to the device that could not read it. */
  async resend(account: Account, signal: PhoneSignal, receipt: BinaryNode): Promise<void> {
    const { directory, preKeys, messages } = this.#deps;
    const to = directory.resolve(receipt.attrs.from);
    const { id = '' } = receipt.attrs;
    const sent = this.#inbox.sentContent(account.number, id);
    const count = Number(child(receipt, 'retry')?.attrs.count ?? 1);
    if (!to || count > ATTEMPTS_MAX) return;
    const bundle = bundleInside(receipt) ?? preKeys.bundle(to);
    if (bundle) await signal.open(to, bundle);
    const own = to.account === account;
    const companion = account.devices.get(to.device);
    if (!sent)
      return own && companion ? this.#peers.resend(account, signal, companion, id, count) : undefined;
    const { content, peer } = sent;
    const message = own ? { deviceSentMessage: { destinationJid: peer, message: content } } : content;
    const { type, ciphertext } = await signal.encrypt(to, encodeWAMessage(message), () => preKeys.bundle(to));
    signal.persist();
    const enc = node('enc', { v: 2, type, count }, Buffer.from(ciphertext));
    const attributes = {
      id,
      to: pnJid(to.account, to.device),
      type: 'text',
      recipient: own ? peer : undefined,
    };
    messages.route({ account, device: 0 }, node('message', attributes, [enc]));
  }

  /** Asks the sender for a message that could not be decrypted. */
  askAgain(account: Account, stanza: BinaryNode, attempts: number): void {
    if (attempts >= ATTEMPTS_MAX) return;
    const { id, from, t, recipient } = stanza.attrs;
    const { registrationId, identity, signedPreKey } = account.keys;
    const attributes = { id, type: 'retry', to: from, recipient };
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
    this.#deps.receipts.route({ account, device: 0 }, node('receipt', attributes, parts));
  }

  async #encryptFor(signal: PhoneSignal, devices: Address[], message: proto.IMessage): Promise<BinaryNode[]> {
    const copies: BinaryNode[] = [];
    for (const to of devices) {
      const plain = encodeWAMessage(message);
      const { type, ciphertext } = await signal.encrypt(to, plain, () => this.#deps.preKeys.bundle(to));
      const enc = node('enc', { v: 2, type }, Buffer.from(ciphertext));
      copies.push(node('to', { jid: pnJid(to.account, to.device) }, [enc]));
    }
    return copies;
  }
}

/** The key bundle that a retry receipt brings along from its second attempt on. */
function bundleInside(receipt: BinaryNode): KeyBundle | undefined {
  const keys = child(receipt, 'keys');
  const skey = child(keys, 'skey');
  const key = child(keys, 'key');
  const registrationId = uint(child(receipt, 'registration'));
  const [identity, value, signature] = [
    bytes(child(keys, 'identity')),
    bytes(child(skey, 'value')),
    bytes(child(skey, 'signature')),
  ];
  const id = uint(child(skey, 'id'));
  if (registrationId === undefined || id === undefined || !identity || !value || !signature) return undefined;
  const [preKeyId, preKey] = [uint(child(key, 'id')), bytes(child(key, 'value'))];
  const oneTime = preKeyId !== undefined && preKey ? { preKey: { id: preKeyId, public: preKey } } : {};
  return {
    registrationId,
    identity: identity.subarray(-32),
    signedPreKey: { id, public: value, signature },
    ...oneTime,
  };
}
