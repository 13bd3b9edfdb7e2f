import { type Account, type Address, jidIn } from '../accounts/account.ts';
import type { Directory } from '../accounts/directory.ts';
import type { Ledger } from '../ledger/ledger.ts';
import type { Verdict } from '../people/gate.ts';
import type { Store } from '../store/sqlite.ts';
import { type BinaryNode, child, children, node, nowSeconds } from '../wire/node.ts';
import type { Mailbox } from './mailbox.ts';

/** What became of a message stanza: routed, known already, or refused with the code of its ack. */
type Fate = { is: 'message' | 'wire-repeat' | 'unrouted' } | { is: 'refused'; code: number };

interface Copy {
  readonly to: Address;
  readonly encs: BinaryNode[];
}

type Chat = Address & { mode: 'pn' | 'lid' };

const PASSED_ON = new Set(['reporting', 'meta', 'biz', 'bot']);
const NOT_FOUND = 404;
const NOT_IMPLEMENTED = 501;

/** Carries direct messages: one ciphertext to each device it was made for. The content is never readable here. */
export class Messages {
  /** Who may write to whom; set once by whoever knows. */
  admit: (from: Address, to: Account) => Verdict = () => 'deliver';
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

  /** Routes one message of a companion or a phone; with `lost` it is accepted and thrown away. */
  route(from: Address, stanza: BinaryNode, lost = false): Fate {
    const { id = '', to, recipient, category } = stanza.attrs;
    const chat = this.#directory.resolve(recipient ?? to);
    if (!chat)
      return this.refuse(
        from,
        stanza,
        /@(g\.us|broadcast|newsletter)$/.test(to ?? '') ? NOT_IMPLEMENTED : NOT_FOUND,
      );
    const verdict = this.admit(from, chat.account);
    if (typeof verdict === 'number') return this.refuse(from, stanza, verdict);
    const wanted = this.#isRepeat(from, id) ? this.#wanting(from, id) : undefined;
    if (wanted?.length === 0) {
      this.#note('wire-repeat', from, stanza);
      return { is: 'wire-repeat' };
    }
    this.#note(lost ? 'unrouted' : wanted ? 'resend' : 'message', from, stanza, category ?? '');
    if (lost) return { is: 'unrouted' };
    if (verdict !== 'deliver') this.#note('blocked', from, stanza, verdict);
    for (const copy of this.#copies(stanza)) {
      if (wanted && !wanted.includes(`${copy.to.account.number}:${copy.to.device}`)) continue;
      if (copy.to.account === from.account && copy.to.device === from.device) continue;
      if (verdict !== 'deliver' && copy.to.account !== from.account) continue;
      this.#mailbox.post(copy.to, this.#letter(from, chat, copy, stanza));
    }
    return { is: 'message' };
  }

  /** Notes that a message is answered with an error. */
  refuse(from: Address, stanza: BinaryNode, code: number): Fate {
    this.#note('refused', from, stanza, `error=${code}`);
    return { is: 'refused', code };
  }

  #isRepeat(from: Address, id: string): boolean {
    const sql = 'INSERT OR IGNORE INTO accepted (number, device, id) VALUES (?, ?, ?)';
    return this.#store.run(sql, from.account.number, from.device, id) === 0;
  }

  /** Devices that asked for this message again and have not been sent it since. */
  #wanting(from: Address, id: string): string[] {
    const where = 'WHERE number = ? AND device = ? AND id = ?';
    const key = [from.account.number, from.device, id] as const;
    const rows = this.#store.all<{ wanting: string; wanting_device: number }>(
      `SELECT * FROM retries ${where}`,
      ...key,
    );
    if (rows.length > 0) this.#store.run(`DELETE FROM retries ${where}`, ...key);
    return rows.map((row) => `${row.wanting}:${row.wanting_device}`);
  }

  /** A resend carries the one device's ciphertext beside a list of participants that already have theirs. */
  #copies(stanza: BinaryNode): Copy[] {
    const direct = this.#directory.resolve(stanza.attrs.to);
    const encs = children(stanza, 'enc');
    if (direct && encs.length > 0) return [{ to: direct, encs }];
    return children(child(stanza, 'participants'), 'to').flatMap((each) => {
      const to = this.#directory.resolve(each.attrs.jid);
      return to ? [{ to, encs: children(each, 'enc') }] : [];
    });
  }

  #letter(from: Address, chat: Chat, copy: Copy, stanza: BinaryNode): BinaryNode {
    const { id, type, edit, category } = stanza.attrs;
    const { mode } = chat;
    const attributes = {
      ...{ id, type, edit, category, t: nowSeconds(), notify: from.account.name },
      from: jidIn(mode, from.account, from.device),
      ...(copy.to.account === from.account ? ownCopy(chat, category) : otherName(mode, from.account)),
    };
    const identity = copy.encs.some((enc) => enc.attrs.type === 'pkmsg')
      ? children(stanza, 'device-identity')
      : [];
    const passed = children(stanza).filter((each) => PASSED_ON.has(each.tag));
    return node('message', attributes, [...copy.encs, ...identity, ...passed]);
  }

  #note(
    kind: 'message' | 'blocked' | 'wire-repeat' | 'resend' | 'refused' | 'unrouted',
    from: Address,
    stanza: BinaryNode,
    flags = '',
  ): void {
    const { id = '', to = '', type = '' } = stanza.attrs;
    const { number } = from.account;
    this.#ledger.note(kind, { number, device: from.device, tag: 'message', messageId: id, to, type, flags });
  }
}

/** How a sender's own device learns which chat a copy belongs to; a peer message belongs to none. */
function ownCopy(chat: Chat, category: string | undefined): Record<string, string> {
  if (category === 'peer') return {};
  const recipient = jidIn(chat.mode, chat.account);
  if (chat.mode === 'lid') return { recipient, peer_recipient_pn: jidIn('pn', chat.account) };
  return { recipient, peer_recipient_lid: jidIn('lid', chat.account) };
}

function otherName(mode: 'pn' | 'lid', sender: Account): Record<string, string> {
  return mode === 'lid' ? { sender_pn: jidIn('pn', sender) } : { sender_lid: jidIn('lid', sender) };
}
