import { proto } from 'baileys';
import type { Store } from '../store/sqlite.ts';
import { readable } from './contents/raw.ts';

/** From the person's own side: `sent`, `delivered`, `read`, `played`; from the other side: `received`, then `read`. */
export type InboxStatus = 'sent' | 'delivered' | 'read' | 'played' | 'received';

/** One message as the person sees it. `chat` is a number or a group's JID, `from` a number; `timestamp` is unix milliseconds. */
export interface InboxMessage {
  seq: number;
  chat: string;
  id: string;
  from: string;
  fromMe: boolean;
  type: string;
  text: string;
  status: InboxStatus;
  timestamp: number;
  /** Own messages in a group: who has it, by number, with unix milliseconds. */
  receipts?: MemberReceipt[];
}

interface MemberReceipt {
  number: string;
  deliveredAt?: number;
  readAt?: number;
  playedAt?: number;
}

/** Messages that one person must hear were read: where they are answered to, and whose they are. */
interface Unread {
  readonly peer: string;
  readonly sender: string;
  readonly ids: string[];
}

/** A message with what it holds. */
export interface KeptMessage extends InboxMessage {
  /** JID of the other side as the chat is addressed; receipts go there. */
  peer: string;
  content: proto.IMessage;
}

type NewInboxMessage = Omit<KeptMessage, 'seq'>;

interface InboxRow extends Omit<InboxMessage, 'from' | 'fromMe'> {
  sender: string;
  from_me: number;
  peer: string;
  content: Uint8Array;
}

const RANK: Record<InboxStatus, number> = { received: 0, sent: 0, delivered: 1, read: 2, played: 3 };
const STEPS = ['delivered', 'read', 'played'] as const;

function fromRow(row: InboxRow): KeptMessage {
  const { seq, chat, id, sender, from_me, type, text, status, timestamp, peer } = row;
  const shown = { seq, chat, id, from: sender, fromMe: from_me === 1, type, text, status, timestamp };
  return { ...shown, peer, content: contentIn(row) };
}

/** What cannot be read any more holds nothing, so that the rest of the phone can be. */
const contentIn = ({ content }: InboxRow): proto.IMessage => readable(content);

/** What each phone shows. */
export class Inbox {
  readonly #store: Store;

  constructor(store: Store) {
    this.#store = store;
  }

  /** Adds a message; false when this chat has one with its id already. */
  add(number: string, message: NewInboxMessage): boolean {
    const { chat, id, from, type, text, status, timestamp, peer } = message;
    const content = proto.Message.encode(message.content).finish();
    const sql = `INSERT OR IGNORE INTO inbox
      (number, chat, id, sender, from_me, type, text, status, timestamp, peer, content) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)`;
    const mine = message.fromMe ? 1 : 0;
    return (
      this.#store.run(sql, number, chat, id, from, mine, type, text, status, timestamp, peer, content) > 0
    );
  }

  /** A chat, or everything, in order; `after` is a message id or a sequence number. */
  list(number: string, chat: string | undefined, after: string | undefined, limit = 1000): KeptMessage[] {
    const byId = 'SELECT seq FROM inbox WHERE number = ? AND id = ?';
    const named = after && this.#store.get<{ seq: number }>(byId, number, after)?.seq;
    const from = named || Number(after ?? 0) || 0;
    const sql = 'SELECT * FROM inbox WHERE number = ? AND seq > ? AND (chat = ? OR ?) ORDER BY seq LIMIT ?';
    return this.#store
      .all<InboxRow>(sql, number, from, chat ?? '', chat === undefined ? 1 : 0, limit)
      .map((row) => this.#withReceipts(number, fromRow(row)));
  }

  /** The place behind which the newest messages of a person lie, so many at most. */
  placeBefore(number: string, count: number): number {
    const sql = 'SELECT seq FROM inbox WHERE number = ? ORDER BY seq DESC LIMIT 1 OFFSET ?';
    return this.#store.get<{ seq: number }>(sql, number, count)?.seq ?? 0;
  }

  /** The content of a message this person sent, to be sent again. */
  sentContent(
    number: string,
    id: string,
  ): { content: proto.IMessage; bytes: Uint8Array; peer: string; chat: string } | undefined {
    const sql = 'SELECT * FROM inbox WHERE number = ? AND id = ? AND from_me = 1';
    const deed = 'SELECT * FROM sent_deeds WHERE number = ? AND id = ?';
    const row = this.#store.get<InboxRow>(sql, number, id) ?? this.#store.get<InboxRow>(deed, number, id);
    return row && { content: contentIn(row), bytes: row.content, peer: row.peer, chat: row.chat };
  }

  /** Raises the status of messages; never lowers it. */
  raise(number: string, ids: string[], status: InboxStatus): void {
    const lower = Object.keys(RANK).filter((each) => RANK[each as InboxStatus] < RANK[status]);
    const marks = lower.map(() => '?').join(', ');
    const sql = `UPDATE inbox SET status = ? WHERE number = ? AND id = ? AND status IN (${marks})`;
    for (const id of ids) this.#store.run(sql, status, number, id, ...lower);
  }

  /** A member of a group has got, read or played a message; its status is what all `others` have reached. */
  noteReceipt(
    number: string,
    id: string,
    member: string,
    status: InboxStatus,
    at: number,
    others: number,
  ): void {
    const sql =
      'INSERT OR IGNORE INTO inbox_receipts (number, id, member, status, at) VALUES (?, ?, ?, ?, ?)';
    for (const reached of STEPS.slice(0, RANK[status])) {
      this.#store.run(sql, number, id, member, reached, at);
      const count = 'SELECT count(*) AS n FROM inbox_receipts WHERE number = ? AND id = ? AND status = ?';
      const have = this.#store.get<{ n: number }>(count, number, id, reached)?.n ?? 0;
      if (have >= others) this.raise(number, [id], reached);
    }
  }

  /** Marks everything unread in a chat as read, and says who is to hear of it. */
  openChat(number: string, chat: string): Unread[] {
    const where = "number = ? AND chat = ? AND from_me = 0 AND status = 'received'";
    const sql = `SELECT * FROM inbox WHERE ${where} ORDER BY seq`;
    const unread = new Map<string, Unread>();
    for (const { peer, sender, id } of this.#store.all<InboxRow>(sql, number, chat)) {
      const known = unread.get(`${peer} ${sender}`) ?? { peer, sender, ids: [] };
      known.ids.push(id);
      unread.set(`${peer} ${sender}`, known);
    }
    if (unread.size > 0) this.#store.run(`UPDATE inbox SET status = 'read' WHERE ${where}`, number, chat);
    return [...unread.values()];
  }

  /** The sender took a message back. */
  revoke(number: string, id: string, sender: string): void {
    const empty = proto.Message.encode({}).finish();
    const sql =
      "UPDATE inbox SET type = 'revoked', text = '', content = ? WHERE number = ? AND id = ? AND sender = ?";
    this.#store.run(sql, empty, number, id, sender);
  }

  /** The sender changed a message. */
  edit(number: string, seq: number, now: Pick<KeptMessage, 'type' | 'text' | 'content'>): void {
    const content = proto.Message.encode(now.content).finish();
    const sql = 'UPDATE inbox SET type = ?, text = ?, content = ? WHERE number = ? AND seq = ?';
    this.#store.run(sql, now.type, now.text, content, number, seq);
  }

  /** A message has had its time. */
  vanish(number: string, seq: number): void {
    this.#store.run('DELETE FROM inbox WHERE number = ? AND seq = ?', number, seq);
  }

  /** One message; the newest with this id, when no chat is named. */
  message(number: string, id: string, chat?: string): KeptMessage | undefined {
    const sql = 'SELECT * FROM inbox WHERE number = ? AND id = ? AND (chat = ? OR ?) ORDER BY seq DESC';
    const row = this.#store.get<InboxRow>(sql, number, id, chat ?? '', chat === undefined ? 1 : 0);
    return row && fromRow(row);
  }

  /** Keeps what this person sent that nobody sees as a message of its own, to be sent again on demand. */
  keepDeed(
    number: string,
    { id, chat, peer }: Pick<KeptMessage, 'id' | 'chat' | 'peer'>,
    bytes: Uint8Array,
  ): void {
    const sql = 'INSERT OR IGNORE INTO sent_deeds (number, id, chat, peer, content) VALUES (?, ?, ?, ?, ?)';
    this.#store.run(sql, number, id, chat, peer, bytes);
  }

  /** Takes the messages of a chat off the phone, up to a moment in unix milliseconds. */
  clear(number: string, chat: string, until: number): void {
    this.#store.run(
      'DELETE FROM inbox WHERE number = ? AND chat = ? AND timestamp <= ?',
      number,
      chat,
      until,
    );
  }

  /** Takes everything off the phone. */
  clearAll(number: string): void {
    this.#store.run('DELETE FROM inbox WHERE number = ?', number);
  }

  /** Takes one message off the phone. */
  remove(number: string, chat: string, id: string): void {
    this.#store.run('DELETE FROM inbox WHERE number = ? AND chat = ? AND id = ?', number, chat, id);
  }

  /** Another device of the person has read a chat up to a moment in unix milliseconds. */
  markRead(number: string, chat: string, until: number): void {
    const sql = `UPDATE inbox SET status = 'read'
      WHERE number = ? AND chat = ? AND timestamp <= ? AND from_me = 0 AND status = 'received'`;
    this.#store.run(sql, number, chat, until);
  }

  /** Unix seconds of the newest message of a chat; 0 when there is none. */
  newest(number: string, chat: string): number {
    const sql = 'SELECT max(timestamp) AS newest FROM inbox WHERE number = ? AND chat = ?';
    const { newest } = this.#store.get<{ newest: number | null }>(sql, number, chat) ?? {};
    return Math.floor((newest ?? 0) / 1000);
  }

  /** One message of a chat. */
  find(number: string, chat: string, id: string): InboxMessage | undefined {
    const sql = 'SELECT * FROM inbox WHERE number = ? AND chat = ? AND id = ?';
    const row = this.#store.get<InboxRow>(sql, number, chat, id);
    return row && fromRow(row);
  }

  /** Chats with their size, the latest first. */
  chats(number: string): { chat: string; messages: number; unread: number }[] {
    const sql = `SELECT chat, count(*) AS messages, sum(from_me = 0 AND status = 'received') AS unread
      FROM inbox WHERE number = ? GROUP BY chat ORDER BY max(seq) DESC`;
    return this.#store
      .all<{ chat: string; messages: number; unread: number }>(sql, number)
      .map((row) => ({ ...row }));
  }

  /** The newest messages of the whole phone, oldest first, with their content. */
  recent(number: string, limit: number): KeptMessage[] {
    const rows = this.#store.all<InboxRow>(
      'SELECT * FROM inbox WHERE number = ? ORDER BY seq DESC LIMIT ?',
      number,
      limit,
    );
    return rows.reverse().map(fromRow);
  }

  #withReceipts(number: string, message: KeptMessage): KeptMessage {
    if (!message.fromMe || !message.chat.includes('@')) return message;
    const sql =
      'SELECT member, status, at FROM inbox_receipts WHERE number = ? AND id = ? ORDER BY at, member';
    const members = new Map<string, MemberReceipt>();
    for (const row of this.#store.all<{ member: string; status: (typeof STEPS)[number]; at: number }>(
      sql,
      number,
      message.id,
    )) {
      const known = members.get(row.member) ?? { number: row.member };
      known[`${row.status}At`] = row.at;
      members.set(row.member, known);
    }
    return { ...message, receipts: [...members.values()] };
  }
}
