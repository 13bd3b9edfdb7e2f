import { type Account, type Address, withoutDevice } from '../accounts/account.ts';
import type { Ledger } from '../ledger/ledger.ts';
import { Part } from '../part.ts';
import type { Store } from '../store/sqlite.ts';
import type { Connection } from '../wire/connection.ts';
import { type BinaryNode, children, decodeNode, encodeNode, node, SERVER } from '../wire/node.ts';
import type { Links } from './links.ts';

export interface Letter {
  readonly seq: number;
  readonly stanza: BinaryNode;
  /** Whether the phone has already sent its delivery receipt. */
  readonly told: boolean;
}

interface QueueRow {
  seq: number;
  told: number;
  node: Uint8Array;
}

/** Receipts that prove a message arrived, and so take it out of the queue as an ack would. */
const ARRIVED = new Set(['', 'inactive', 'sender', 'peer_msg', 'hist_sync']);

/** Letters of a queue that are sent in one turn. */
const PAGE = 100;

function letterKey(tag: string, attrs: Record<string, string>, from: string | undefined): string {
  if (tag === 'message') return `message|${attrs.id}`;
  return [tag, attrs.id, attrs.type ?? '', from ?? '', attrs.participant ?? ''].join('|');
}

/** Who wrote a message, as the stanza that brings it says, or one that confirms it: two people may use the same id. */
const writerIn = ({ participant }: Record<string, string>, chat: string | undefined): string =>
  withoutDevice(participant ?? chat);

interface MailboxDeps {
  readonly store: Store;
  readonly links: Links;
  readonly ledger: Ledger;
  /** Hears when there is mail for a phone. */
  readonly phoneMail: (account: Account, seq: number, stanza: BinaryNode) => void;
}

/** What every device still has to acknowledge, in order. Kept until acknowledged, across reconnects and restarts. */
export class Mailbox extends Part<MailboxDeps> {
  /** What goes out at the end of a queue that is being sent. */
  readonly #behind = new WeakMap<Connection, BinaryNode[]>();

  /**
   * Keeps a stanza for a device and hands it over at once when the device has caught up; nothing is kept for a device that
   * is not there. `encoded` spares encoding it again.
   */
  post({ account, device }: Address, stanza: BinaryNode, encoded = encodeNode(stanza)): void {
    if (device !== 0 && !account.devices.has(device)) return;
    this.deps.store.run(
      'INSERT INTO queue (number, device, key, sender, tag, told, node) VALUES (?, ?, ?, ?, ?, 0, ?)',
      account.number,
      device,
      letterKey(stanza.tag, stanza.attrs, stanza.attrs.from),
      stanza.tag === 'message' ? writerIn(stanza.attrs, stanza.attrs.from) : '',
      stanza.tag,
      encoded,
    );
    if (device === 0) {
      const row = this.deps.store.get<{ seq: number }>('SELECT last_insert_rowid() AS seq');
      this.deps.phoneMail(account, row?.seq ?? 0, stanza);
      return;
    }
    const connection = this.deps.links.active(account.number, device);
    if (!connection?.caughtUp) return;
    connection.send(stanza, encoded);
    this.noteDelivered(account.number, device, stanza);
  }

  /**
   * Hands over what is worth nothing later: to a device that is there, behind its queue while that is being sent. Of
   * what has to wait, only so much is.
   */
  pass({ account, device }: Address, stanza: BinaryNode): void {
    const connection = this.deps.links.active(account.number, device);
    const behind = connection && this.#behind.get(connection);
    if (!behind) connection?.send(stanza);
    else if (behind.length < PAGE) behind.push(stanza);
  }

  /**
   * Makes a device active that wants to be, sends it everything unacknowledged, says how much it was, and lets it have
   * its mail live: what comes meanwhile is sent in its turn. A long queue goes in pages, and others have theirs in
   * between. False when the device is active already, or gone before the end.
   */
  async flush(connection: Connection): Promise<boolean> {
    if (connection.active || !connection.isOpen) return false;
    connection.active = true;
    const behind: BinaryNode[] = [];
    this.#behind.set(connection, behind);
    const { number, device } = connection;
    if (this.count(number, device) > 0)
      connection.send(node('ib', { from: SERVER }, [this.#preview(number, device)]));
    let sent = 0;
    for (let last = 0; ; ) {
      const page = this.pending(number, device, PAGE, last);
      for (const { seq, stanza } of page) {
        if (!connection.isOpen) return false;
        connection.send({ ...stanza, attrs: { ...stanza.attrs, offline: String(sent) } });
        this.noteDelivered(number, device, stanza, 'offline');
        sent += 1;
        last = seq;
      }
      if (page.length < PAGE) break;
      await this.deps.store.settled();
      await connection.taken();
    }
    if (!connection.isOpen || this.deps.links.get(number, device) !== connection) return false;
    connection.caughtUp = true;
    connection.send(node('ib', { from: SERVER }, [node('offline', { count: sent })]));
    this.#behind.delete(connection);
    for (const stanza of behind) connection.send(stanza);
    return true;
  }

  /** Takes out what an ack or a receipt of the device says has arrived; true when something was waiting for it. */
  settle(number: string, device: number, stanza: BinaryNode): boolean {
    const { attrs } = stanza;
    const sender = writerIn(attrs, attrs.to);
    if (stanza.tag === 'ack') {
      return this.#remove(number, device, letterKey(attrs.class ?? '', attrs, attrs.to), sender);
    }
    if (!ARRIVED.has(attrs.type ?? '')) return false;
    const listed = children(children(stanza, 'list')[0], 'item').map((item) => item.attrs.id);
    const removed = [attrs.id, ...listed].map((id) => this.#remove(number, device, `message|${id}`, sender));
    return removed.includes(true);
  }

  /** What waits for a device, oldest first, from behind the letter `after` on. */
  pending(number: string, device: number, limit = -1, after = 0): Letter[] {
    const where = 'number = ? AND device = ? AND seq > ?';
    const sql = `SELECT seq, told, node FROM queue WHERE ${where} ORDER BY seq LIMIT ?`;
    return this.deps.store.all<QueueRow>(sql, number, device, after, limit).map((row) => ({
      seq: row.seq,
      told: row.told === 1,
      stanza: decodeNode(Buffer.from(row.node)),
    }));
  }

  count(number: string, device: number): number {
    const sql = 'SELECT count(*) AS n FROM queue WHERE number = ? AND device = ?';
    return this.deps.store.get<{ n: number }>(sql, number, device)?.n ?? 0;
  }

  /** The number of a phone that is on and has mail waiting, other than `except`. */
  phoneWithMail(except: string[] = []): string | undefined {
    const mail = 'SELECT 1 FROM queue WHERE queue.number = accounts.number AND device = 0';
    const others = 'number NOT IN (SELECT value FROM json_each(?))';
    const sql = `SELECT number FROM accounts WHERE online = 1 AND ${others} AND EXISTS (${mail}) LIMIT 1`;
    return this.deps.store.get<{ number: string }>(sql, JSON.stringify(except))?.number;
  }

  /** Whether a device has not acknowledged yet that somebody's devices changed. */
  awaitsDevices(number: string, device: number): boolean {
    const where = "number = ? AND device = ? AND tag = 'notification' AND key LIKE '%|devices|%'";
    return this.deps.store.get(`SELECT 1 FROM queue WHERE ${where} LIMIT 1`, number, device) !== undefined;
  }

  /** Whether a letter is still there. */
  holds(seq: number): boolean {
    return this.deps.store.get('SELECT 1 FROM queue WHERE seq = ?', seq) !== undefined;
  }

  discard(seq: number): void {
    this.deps.store.run('DELETE FROM queue WHERE seq = ?', seq);
  }

  markTold(seq: number): void {
    this.deps.store.run('UPDATE queue SET told = 1 WHERE seq = ?', seq);
  }

  noteDelivered(number: string, device: number, stanza: BinaryNode, flags = ''): void {
    if (stanza.tag !== 'message') return;
    const { id = '', from = '', type = '' } = stanza.attrs;
    this.deps.ledger.note('delivered', { number, device, tag: 'message', messageId: id, from, type, flags });
  }

  #remove(number: string, device: number, key: string, sender: string): boolean {
    const where = "number = ? AND device = ? AND key = ? AND sender IN ('', ?)";
    const first = `SELECT min(seq) FROM queue WHERE ${where}`;
    return this.deps.store.run(`DELETE FROM queue WHERE seq = (${first})`, number, device, key, sender) > 0;
  }

  #preview(number: string, device: number): BinaryNode {
    const sql = 'SELECT tag, count(*) AS n FROM queue WHERE number = ? AND device = ? GROUP BY tag';
    const rows = this.deps.store.all<{ tag: string; n: number }>(sql, number, device);
    const counts = new Map(rows.map(({ tag, n }) => [tag, n]));
    const tags = ['message', 'receipt', 'notification', 'call'];
    const each = Object.fromEntries(tags.map((tag) => [tag, counts.get(tag) ?? 0]));
    return node('offline_preview', { count: rows.reduce((sum, { n }) => sum + n, 0), ...each });
  }
}
