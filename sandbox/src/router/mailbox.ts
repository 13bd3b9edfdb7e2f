import type { Account, Address } from '../accounts/account.ts';
import type { Ledger } from '../ledger/ledger.ts';
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

function letterKey(tag: string, attrs: Record<string, string>, from: string | undefined): string {
  if (tag === 'message') return `message|${attrs.id}`;
  return [tag, attrs.id, attrs.type ?? '', from ?? '', attrs.participant ?? ''].join('|');
}

/** What every device still has to acknowledge, in order. Kept until acknowledged, across reconnects and restarts. */
export class Mailbox {
  /** Told when there is mail for a phone; set once by the phones. */
  onPhoneMail: (account: Account, seq: number, stanza: BinaryNode) => void = () => undefined;
  readonly #store: Store;
  readonly #links: Links;
  readonly #ledger: Ledger;

  constructor(store: Store, links: Links, ledger: Ledger) {
    this.#store = store;
    this.#links = links;
    this.#ledger = ledger;
  }

  /** Keeps a stanza for a device and hands it over at once when the device is active. `encoded` spares encoding it again. */
  post({ account, device }: Address, stanza: BinaryNode, encoded = encodeNode(stanza)): void {
    this.#store.run(
      'INSERT INTO queue (number, device, key, tag, told, node) VALUES (?, ?, ?, ?, 0, ?)',
      account.number,
      device,
      letterKey(stanza.tag, stanza.attrs, stanza.attrs.from),
      stanza.tag,
      encoded,
    );
    if (device === 0) {
      const row = this.#store.get<{ seq: number }>('SELECT last_insert_rowid() AS seq');
      this.onPhoneMail(account, row?.seq ?? 0, stanza);
      return;
    }
    const connection = this.#links.active(account.number, device);
    if (!connection) return;
    connection.send(stanza, encoded);
    this.noteDelivered(account.number, device, stanza);
  }

  /** Sends everything unacknowledged to a device that has just become active, then says how much it was. */
  flush(connection: Connection): void {
    const letters = this.pending(connection.number, connection.device);
    if (letters.length > 0) connection.send(node('ib', { from: SERVER }, [preview(letters)]));
    letters.forEach(({ stanza }, index) => {
      connection.send({ ...stanza, attrs: { ...stanza.attrs, offline: String(index) } });
      this.noteDelivered(connection.number, connection.device, stanza, 'offline');
    });
    connection.send(node('ib', { from: SERVER }, [node('offline', { count: letters.length })]));
  }

  /** Takes out what an ack or a receipt of the device says has arrived; true when something was waiting for it. */
  settle(number: string, device: number, stanza: BinaryNode): boolean {
    const { attrs } = stanza;
    if (stanza.tag === 'ack') {
      return this.#remove(number, device, letterKey(attrs.class ?? '', attrs, attrs.to));
    }
    if (!ARRIVED.has(attrs.type ?? '')) return false;
    const listed = children(children(stanza, 'list')[0], 'item').map((item) => item.attrs.id);
    const removed = [attrs.id, ...listed].map((id) => this.#remove(number, device, `message|${id}`));
    return removed.includes(true);
  }

  pending(number: string, device: number, limit = -1): Letter[] {
    const sql = 'SELECT seq, told, node FROM queue WHERE number = ? AND device = ? ORDER BY seq LIMIT ?';
    return this.#store.all<QueueRow>(sql, number, device, limit).map((row) => ({
      seq: row.seq,
      told: row.told === 1,
      stanza: decodeNode(Buffer.from(row.node)),
    }));
  }

  count(number: string, device: number): number {
    const sql = 'SELECT count(*) AS n FROM queue WHERE number = ? AND device = ?';
    return this.#store.get<{ n: number }>(sql, number, device)?.n ?? 0;
  }

  /** The number of a phone that is on and has mail waiting, other than `except`. */
  phoneWithMail(except: string[] = []): string | undefined {
    const mail = 'SELECT 1 FROM queue WHERE queue.number = accounts.number AND device = 0';
    const others = 'number NOT IN (SELECT value FROM json_each(?))';
    const sql = `SELECT number FROM accounts WHERE online = 1 AND ${others} AND EXISTS (${mail}) LIMIT 1`;
    return this.#store.get<{ number: string }>(sql, JSON.stringify(except))?.number;
  }

  /** Whether a device has not acknowledged yet that somebody's devices changed. */
  awaitsDevices(number: string, device: number): boolean {
    const where = "number = ? AND device = ? AND tag = 'notification' AND key LIKE '%|devices|%'";
    return this.#store.get(`SELECT 1 FROM queue WHERE ${where} LIMIT 1`, number, device) !== undefined;
  }

  /** Whether a letter is still there. */
  holds(seq: number): boolean {
    return this.#store.get('SELECT 1 FROM queue WHERE seq = ?', seq) !== undefined;
  }

  discard(seq: number): void {
    this.#store.run('DELETE FROM queue WHERE seq = ?', seq);
  }

  markTold(seq: number): void {
    this.#store.run('UPDATE queue SET told = 1 WHERE seq = ?', seq);
  }

  noteDelivered(number: string, device: number, stanza: BinaryNode, flags = ''): void {
    if (stanza.tag !== 'message') return;
    const { id = '', from = '', type = '' } = stanza.attrs;
    this.#ledger.note('delivered', { number, device, tag: 'message', messageId: id, from, type, flags });
  }

  #remove(number: string, device: number, key: string): boolean {
    const first = 'SELECT min(seq) FROM queue WHERE number = ? AND device = ? AND key = ?';
    return this.#store.run(`DELETE FROM queue WHERE seq = (${first})`, number, device, key) > 0;
  }
}

function preview(letters: Letter[]): BinaryNode {
  const count = (tag: string): number => letters.filter(({ stanza }) => stanza.tag === tag).length;
  return node('offline_preview', {
    count: letters.length,
    message: count('message'),
    receipt: count('receipt'),
    notification: count('notification'),
    call: count('call'),
  });
}
