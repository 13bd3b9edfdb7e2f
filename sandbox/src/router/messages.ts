import type { Account, Address } from '../accounts/account.ts';
import type { Directory } from '../accounts/directory.ts';
import { type Chat, type Chats, isNotCarried, STATUS_JID } from '../groups/chats.ts';
import { mayWrite } from '../groups/group.ts';
import type { Ledger } from '../ledger/ledger.ts';
import { Part } from '../part.ts';
import type { Verdict } from '../people/gate.ts';
import type { Store } from '../store/sqlite.ts';
import { type BinaryNode, child, encodeNode, isEchoable } from '../wire/node.ts';
import { Accepted } from './accepted.ts';
import { type Copy, copiesFor } from './copies.ts';
import { letterFor } from './letters.ts';
import type { Mailbox } from './mailbox.ts';

/** What became of a message stanza: routed, known already, or refused with the code of its ack. */
type Fate = { is: 'message' | 'wire-repeat' | 'unrouted' } | { is: 'refused'; code: number };

const BAD_REQUEST = 400;
const NOT_FOUND = 404;
const FORBIDDEN = 403;
const NOT_IMPLEMENTED = 501;
/** `edit` of a message by which its author takes back another. */
const TAKEN_BACK = '7';

interface MessagesDeps {
  readonly store: Store;
  readonly mailbox: Mailbox;
  readonly directory: Directory;
  readonly chats: Chats;
  readonly ledger: Ledger;
  /** Who may write to whom. */
  readonly admit: (from: Address, to: Account) => Verdict;
  /** Whether a person hears of somebody's status at all. */
  readonly hears: (from: Account, to: Account) => boolean;
}

/** Carries messages: to each device the ciphertext that was made for it. The content is never readable here. */
export class Messages extends Part<MessagesDeps> {
  readonly #accepted = new Accepted(this.deps.store);

  /** Routes one message of a companion or a phone; with `lost` it is accepted and thrown away. */
  route(from: Address, stanza: BinaryNode, lost = false): Fate {
    const { id = '', to = '', recipient, category, type = '', edit = '' } = stanza.attrs;
    if (![id, type, edit, category ?? ''].every(isEchoable)) return this.refuse(from, stanza, BAD_REQUEST);
    const chat = this.deps.chats.resolve(recipient ?? to);
    if (!chat) return this.refuse(from, stanza, isNotCarried(to) ? NOT_IMPLEMENTED : NOT_FOUND);
    const { number } = from.account;
    if (chat.is === 'group' && !mayWrite(chat.group, number, isResponse(stanza)))
      return this.refuse(from, stanza, FORBIDDEN);
    const verdict = chat.is === 'person' ? this.deps.admit(from, chat.account) : 'deliver';
    if (typeof verdict === 'number') return this.refuse(from, stanza, verdict);
    const isRepeat = !this.#accepted.add(from, id);
    const copies = copiesFor(this.deps.directory, from.account, chat, stanza).filter(
      ({ to: { account, device } }) =>
        (account !== from.account || device !== from.device) &&
        (account === from.account || this.#reaches(chat, verdict, from.account, account)) &&
        (!isRepeat || this.#wanted(from, id, { account, device })),
    );
    if (isRepeat && copies.length === 0) {
      this.#note('wire-repeat', from, stanza);
      return { is: 'wire-repeat' };
    }
    this.#note(lost ? 'unrouted' : isRepeat ? 'resend' : 'message', from, stanza, category ?? '');
    if (lost) return { is: 'unrouted' };
    if (verdict !== 'deliver') this.#note('blocked', from, stanza, verdict);
    this.#deliver(from, (isRepeat && this.#retriedChat(from, id)) || chat, copies, stanza);
    return { is: 'message' };
  }

  /** Notes that a message is answered with an error. */
  refuse(from: Address, stanza: BinaryNode, code: number): Fate {
    this.#note('refused', from, stanza, `error=${code}`);
    return { is: 'refused', code };
  }

  #deliver(from: Address, chat: Chat, copies: Copy[], stanza: BinaryNode): void {
    // In a group most devices get the very same stanza: it is built and encoded once.
    let shared: { letter: BinaryNode; encoded: Buffer } | undefined;
    for (const copy of copies) {
      if (copy.own || chat.is === 'person') {
        this.deps.mailbox.post(copy.to, letterFor(from, chat, copy, stanza));
        continue;
      }
      if (!shared) {
        const letter = letterFor(from, chat, copy, stanza);
        shared = { letter, encoded: encodeNode(letter) };
      }
      this.deps.mailbox.post(copy.to, shared.letter, shared.encoded);
    }
  }

  /** Who has blocked somebody hears nothing of him, but for what he writes in groups. */
  #reaches(chat: Chat, verdict: Verdict, from: Account, to: Account): boolean {
    return chat.is === 'status' ? this.deps.hears(from, to) : verdict === 'deliver';
  }

  /** Whether a device asked for this message again and has not been sent it since; the wish is then fulfilled. */
  #wanted(from: Address, id: string, by: Address): boolean {
    const where = 'number = ? AND device = ? AND id = ? AND wanting = ? AND wanting_device = ?';
    const key = [from.account.number, from.device, id, by.account.number, by.device] as const;
    return this.deps.store.run(`DELETE FROM retries WHERE ${where}`, ...key) > 0;
  }

  /** A status that is sent again is addressed to one device as if it were a chat; here is what it belongs to. */
  #retriedChat(from: Address, id: string): Chat | undefined {
    const sql = 'SELECT chat FROM retry_chats WHERE number = ? AND device = ? AND id = ?';
    const row = this.deps.store.get<{ chat: string }>(sql, from.account.number, from.device, id);
    return row?.chat === STATUS_JID ? { is: 'status' } : undefined;
  }

  #note(
    kind: 'message' | 'blocked' | 'wire-repeat' | 'resend' | 'refused' | 'unrouted',
    from: Address,
    stanza: BinaryNode,
    flags = '',
  ): void {
    const { id = '', to = '', type = '' } = stanza.attrs;
    const { number } = from.account;
    this.deps.ledger.note(kind, {
      number,
      device: from.device,
      tag: 'message',
      messageId: id,
      to,
      type,
      flags,
    });
  }
}

/** Whether a message is no new word in a chat, as its stanza tells: a reaction, a vote, or the own word taken back. */
function isResponse(stanza: BinaryNode): boolean {
  const { type, edit } = stanza.attrs;
  const isVote = type === 'poll' && child(stanza, 'meta')?.attrs.polltype === 'vote';
  return type === 'reaction' || isVote || edit === TAKEN_BACK;
}
