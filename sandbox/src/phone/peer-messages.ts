import { randomBytes } from 'node:crypto';
import { encodeWAMessage, proto } from 'baileys';
import { type Account, type Device, pnJid } from '../accounts/account.ts';
import type { PreKeys } from '../accounts/prekeys.ts';
import { Part } from '../part.ts';
import type { Messages } from '../router/messages.ts';
import type { Store } from '../store/sqlite.ts';
import { type BinaryNode, node } from '../wire/node.ts';
import type { CompanionWatch } from './companion-watch.ts';
import type { PhoneSignal } from './signal.ts';

/** So many messages to one companion are kept, in case it asks for one again. */
const KEPT_MAX = 32;

interface PeerDeps {
  readonly store: Store;
  readonly preKeys: PreKeys;
  readonly messages: Messages;
}

interface PeerMessagesDeps extends PeerDeps {
  readonly watch: CompanionWatch;
}

/** What a phone tells one of its companions and nobody else: keys, history, answers to requests. */
export class PeerMessages extends Part<PeerMessagesDeps> {
  /**
   * Encrypts messages for a companion; the deed that is returned writes sessions and messages and routes them, and does
   * nothing when the companion is gone by then.
   */
  async seal(
    account: Account,
    signal: PhoneSignal,
    companion: Device,
    contents: proto.Message.IProtocolMessage[],
  ): Promise<() => boolean> {
    const sealed: { id: string; content: proto.IMessage; stanza: BinaryNode }[] = [];
    for (const protocolMessage of contents) {
      const id = `3A${randomBytes(9).toString('hex').toUpperCase()}`;
      const content = { protocolMessage };
      sealed.push({ id, content, stanza: await this.#stanza(account, signal, companion, id, content) });
    }
    return () => {
      signal.persist();
      if (account.devices.get(companion.device) !== companion) return false;
      for (const { id, content, stanza } of sealed) {
        this.#keep(companion, id, content);
        this.deps.messages.route({ account, device: 0 }, stanza);
      }
      return true;
    };
  }

  /** Sends one message again to the companion that could not read it. */
  async resend(
    account: Account,
    signal: PhoneSignal,
    companion: Device,
    id: string,
    count: number,
  ): Promise<void> {
    const sql = 'SELECT content FROM peer_messages WHERE number = ? AND device = ? AND id = ?';
    const { number, device } = companion;
    const kept = this.deps.store.get<{ content: Uint8Array }>(sql, number, device, id);
    if (!kept) return;
    const content = proto.Message.decode(kept.content);
    const stanza = await this.#stanza(account, signal, companion, id, content, count);
    signal.persist();
    this.deps.messages.route({ account, device: 0 }, stanza);
  }

  async #stanza(
    account: Account,
    signal: PhoneSignal,
    { device }: Device,
    id: string,
    content: proto.IMessage,
    count?: number,
  ): Promise<BinaryNode> {
    const to = { account, device };
    const fetch = () => this.deps.preKeys.bundle(to);
    const bundle = this.deps.watch.isDoubted(to) && !signal.isUnanswered(to) ? fetch() : undefined;
    if (bundle) await signal.open(to, bundle);
    this.deps.watch.noteTold(to);
    const { type, ciphertext } = await signal.encrypt(to, encodeWAMessage(content), fetch);
    const attributes = { id, to: pnJid(account, device), type: 'text', category: 'peer' };
    return node('message', attributes, [node('enc', { v: 2, type, count }, Buffer.from(ciphertext))]);
  }

  #keep({ number, device }: Device, id: string, content: proto.IMessage): void {
    const { store } = this.deps;
    const encoded = proto.Message.encode(content).finish();
    const insert = 'INSERT INTO peer_messages (number, device, id, content) VALUES (?, ?, ?, ?)';
    store.run(insert, number, device, id, encoded);
    const of = 'FROM peer_messages WHERE number = ? AND device = ?';
    const oldest = `SELECT seq ${of} ORDER BY seq DESC LIMIT 1 OFFSET ${KEPT_MAX}`;
    store.run(`DELETE ${of} AND seq <= (${oldest})`, number, device, number, device);
  }
}
