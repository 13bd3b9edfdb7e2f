import type { Store } from '../store/sqlite.ts';
import { type BinaryNode, child, children } from '../wire/node.ts';

/**
 * What a line of the ledger is about:
 * `stanza` one stanza in or out; `message` first time a message was accepted; `wire-repeat` the same id of the same
 * device again (acknowledged, not delivered); `resend` the same id again because a device asked for it; `refused`
 * answered with an error; `unrouted` accepted and thrown away by a fault; `blocked` accepted, and kept from a person
 * who does not want it; `call` a call began or changed; `delivered` handed to one device; `mail-dropped` the oldest
 * letters of a device, because the network keeps no more than a million; `seen` what a phone decrypted;
 * `undecryptable` what it could not; `retry` a device asked for a message again; `paired`, `unlinked`, `login`,
 * `logout` the life of a device; `reinstalled` a phone has new keys; `fault` one struck;
 * `finding` a client deviated (`type` is the name of the catalogue); `nack` a client said that it could not take a
 * stanza;
 * `unanswered` a companion asked its phone for what this phone does not give (`type` is the kind of request);
 * `app-state-distrusted` a patch whose MACs or hash are wrong, as the phone found when it read it.
 */
export const LEDGER_KINDS = [
  'stanza',
  'message',
  'wire-repeat',
  'resend',
  'refused',
  'unrouted',
  'blocked',
  'call',
  'delivered',
  'mail-dropped',
  'seen',
  'undecryptable',
  'retry',
  'unanswered',
  'paired',
  'unlinked',
  'login',
  'logout',
  'app-state-distrusted',
  'reinstalled',
  'finding',
  'nack',
  'fault',
] as const;
type LedgerKind = (typeof LEDGER_KINDS)[number];

/** What clients of the HTTP API read; the gateway's tests write this shape out for themselves, as any client would. */
interface LedgerEntry {
  seq: number;
  /** Unix milliseconds. */
  time: number;
  kind: LedgerKind;
  /** `in`: the device said it; `out`: the network said it to the device; empty for what is no stanza. */
  direction: 'in' | 'out' | '';
  number: string;
  device: number;
  tag: string;
  messageId: string;
  type: string;
  from: string;
  to: string;
  /** Signal message types inside, joined by commas. */
  enc: string;
  flags: string;
  text: string;
}

export interface LedgerQuery {
  number?: string | undefined;
  messageId?: string | undefined;
  kind?: string | undefined;
  /** Only lines after this sequence number. */
  after?: number | undefined;
  limit?: number | undefined;
  /** The last of them instead of the first. */
  newest?: boolean | undefined;
}

interface LedgerRow extends Omit<LedgerEntry, 'messageId' | 'from' | 'to'> {
  message_id: string;
  sender: string;
  recipient: string;
}

const ID_IN_FLAGS = ['offline', 'error', 'class', 'category', 'xmlns', 'code', 'reason', 'edit'];

function encTypes(stanza: BinaryNode): string {
  const participants = children(child(stanza, 'participants'));
  const encs = [...children(stanza, 'enc'), ...participants.flatMap((to) => children(to, 'enc'))];
  return [...new Set(encs.map((enc) => enc.attrs.type ?? ''))].join(',');
}

function flagsOf(stanza: BinaryNode, extra: string): string {
  const named = ID_IN_FLAGS.filter((name) => stanza.attrs[name] !== undefined).map(
    (name) => `${name}=${stanza.attrs[name]}`,
  );
  const inside = stanza.tag === 'message' ? undefined : child(stanza)?.tag;
  if (inside) named.push(`child=${inside}`);
  if (extra) named.push(extra);
  return named.join(' ');
}

/** Every stanza and every fate of a message, in order; written in the same transaction as what it tells of. */
export class Ledger {
  readonly #store: Store;

  constructor(store: Store) {
    this.#store = store;
  }

  note(kind: LedgerKind, entry: Partial<Omit<LedgerEntry, 'seq' | 'time' | 'kind'>>): void {
    this.#store.run(
      `INSERT INTO ledger (time, kind, direction, number, device, tag, message_id, type, sender, recipient, enc, flags, text)
        VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)`,
      Date.now(),
      kind,
      entry.direction ?? '',
      entry.number ?? '',
      entry.device ?? 0,
      entry.tag ?? '',
      entry.messageId ?? '',
      entry.type ?? '',
      entry.from ?? '',
      entry.to ?? '',
      entry.enc ?? '',
      entry.flags ?? '',
      entry.text ?? '',
    );
  }

  stanza(direction: 'in' | 'out', number: string, device: number, stanza: BinaryNode, flags = ''): void {
    const { attrs } = stanza;
    this.note('stanza', {
      direction,
      number,
      device,
      tag: stanza.tag,
      messageId: attrs.id ?? '',
      type: attrs.type ?? '',
      from: attrs.participant ?? attrs.from ?? '',
      to: attrs.to ?? attrs.recipient ?? '',
      enc: stanza.tag === 'message' ? encTypes(stanza) : '',
      flags: flagsOf(stanza, flags),
    });
  }

  /** Whether a stanza with this id was ever sent to a device, as far back as the ledger goes. */
  wasSent(number: string, device: number, id: string): boolean {
    const where = "message_id = ? AND number = ? AND direction = 'out' AND device = ?";
    return this.#store.get(`SELECT 1 FROM ledger WHERE ${where} LIMIT 1`, id, number, device) !== undefined;
  }

  /** Whether any device of a person, the phone included, was ever handed a message, as far back as the ledger goes. */
  hasReached(number: string, id: string): boolean {
    const where = "message_id = ? AND number = ? AND (direction = 'out' OR kind = 'delivered')";
    return this.#store.get(`SELECT 1 FROM ledger WHERE ${where} LIMIT 1`, id, number) !== undefined;
  }

  /** Lines that match, oldest first. */
  read(query: LedgerQuery): LedgerEntry[] {
    const wheres = ['seq > ?'];
    const values: (string | number)[] = [query.after ?? 0];
    if (query.number !== undefined) wheres.push('number = ?') && values.push(query.number);
    if (query.messageId !== undefined) wheres.push('message_id = ?') && values.push(query.messageId);
    if (query.kind !== undefined) wheres.push('kind = ?') && values.push(query.kind);
    values.push(query.limit ?? 500);
    const order = query.newest ? 'DESC' : 'ASC';
    const sql = `SELECT * FROM ledger WHERE ${wheres.join(' AND ')} ORDER BY seq ${order} LIMIT ?`;
    const rows = this.#store.all<LedgerRow>(sql, ...values);
    if (query.newest) rows.reverse();
    return rows.map(({ message_id, sender, recipient, ...rest }) => ({
      ...rest,
      messageId: message_id,
      from: sender,
      to: recipient,
    }));
  }
}
