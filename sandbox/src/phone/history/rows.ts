import type { Store } from '../../store/sqlite.ts';
import type { InboxStatus } from '../inbox.ts';

/** One message as the phone keeps it. */
export interface HistoryRow {
  readonly seq: number;
  readonly chat: string;
  readonly id: string;
  readonly sender: string;
  readonly from_me: number;
  readonly type: string;
  readonly text: string;
  readonly status: InboxStatus;
  /** Unix milliseconds. */
  readonly timestamp: number;
  readonly content: Uint8Array;
}

/** A place in the past: everything older than this message. */
export interface Place {
  readonly timestamp: number;
  readonly seq: number;
}

export interface ChatRow {
  readonly chat: string;
  readonly newest: number;
  readonly unread: number;
}

export const STATUS = 'status@broadcast';
const MESSAGES = `number = ? AND chat <> '${STATUS}' AND type <> 'reaction'`;
const OLDER = '(timestamp, seq) < (?, ?)';
const NEWEST_FIRST = 'ORDER BY timestamp DESC, seq DESC LIMIT ?';

/** A phone's messages as its past: newest first, by time and not by when the phone learned of them. */
export class HistoryRows {
  readonly #store: Store;

  constructor(store: Store) {
    this.#store = store;
  }

  /** How many messages there are now, and the last one's sequence number: what comes later is not history. */
  extent(number: string): { total: number; newestSeq: number } {
    const sql = `SELECT count(*) AS total, max(seq) AS newest FROM inbox WHERE ${MESSAGES}`;
    const row = this.#store.get<{ total: number; newest: number | null }>(sql, number);
    return { total: row?.total ?? 0, newestSeq: row?.newest ?? 0 };
  }

  /** The newest messages of all chats that are older than a place and not younger than `newestSeq`. */
  page(number: string, newestSeq: number, { timestamp, seq }: Place, limit: number): HistoryRow[] {
    const sql = `SELECT * FROM inbox WHERE ${MESSAGES} AND seq <= ? AND ${OLDER} ${NEWEST_FIRST}`;
    return this.#store.all<HistoryRow>(sql, number, newestSeq, timestamp, seq, limit);
  }

  /** The newest messages of one chat that are older than a place. */
  chatPage(number: string, chat: string, { timestamp, seq }: Place, limit: number): HistoryRow[] {
    const sql = `SELECT * FROM inbox WHERE ${MESSAGES} AND chat = ? AND ${OLDER} ${NEWEST_FIRST}`;
    return this.#store.all<HistoryRow>(sql, number, chat, timestamp, seq, limit);
  }

  find(number: string, chat: string, id: string): HistoryRow | undefined {
    const sql = 'SELECT * FROM inbox WHERE number = ? AND chat = ? AND id = ?';
    return this.#store.get<HistoryRow>(sql, number, chat, id);
  }

  /** Chats, the latest first. */
  chats(number: string, limit: number): ChatRow[] {
    const unread = "sum(from_me = 0 AND status = 'received') AS unread";
    const sql = `SELECT chat, max(timestamp) AS newest, ${unread} FROM inbox
      WHERE number = ? AND chat <> '${STATUS}' GROUP BY chat ORDER BY newest DESC LIMIT ?`;
    return this.#store.all<ChatRow>(sql, number, limit);
  }

  chat(number: string, chat: string): ChatRow | undefined {
    const unread = "coalesce(sum(from_me = 0 AND status = 'received'), 0) AS unread";
    const sql = `SELECT chat, max(timestamp) AS newest, ${unread} FROM inbox WHERE number = ? AND chat = ? GROUP BY chat`;
    return this.#store.get<ChatRow>(sql, number, chat);
  }

  /** How long messages of a chat last on this phone, and since when (unix milliseconds). */
  lasting(number: string, chat: string): { seconds: number; at: number } | undefined {
    const sql =
      "SELECT value, at FROM inbox_marks WHERE number = ? AND chat = ? AND id = '' AND kind = 'lasting'";
    const mark = this.#store.get<{ value: string; at: number }>(sql, number, chat);
    return mark && { seconds: Number(mark.value), at: mark.at };
  }

  /** Everybody who wrote in a chat. */
  senders(number: string, chat: string): string[] {
    const sql = 'SELECT DISTINCT sender FROM inbox WHERE number = ? AND chat = ?';
    return this.#store.all<{ sender: string }>(sql, number, chat).map((row) => row.sender);
  }

  /** Reactions that the phone learned of after a sequence number, in that order. */
  reactions(number: string, after: number, limit: number): HistoryRow[] {
    const sql = "SELECT * FROM inbox WHERE number = ? AND type = 'reaction' AND seq > ? ORDER BY seq LIMIT ?";
    return this.#store.all<HistoryRow>(sql, number, after, limit);
  }

  /** Status messages since a moment, oldest first. */
  statuses(number: string, since: number, limit: number): HistoryRow[] {
    const sql = `SELECT * FROM inbox WHERE number = ? AND chat = '${STATUS}' AND timestamp >= ? ORDER BY timestamp, seq LIMIT ?`;
    return this.#store.all<HistoryRow>(sql, number, since, limit);
  }
}
