import type { Ledger } from '../ledger/ledger.ts';
import type { Connection } from '../wire/connection.ts';
import { type BinaryNode, child } from '../wire/node.ts';
import type { Findings, Refusal } from './findings.ts';

const TAGS = new Set([
  'message',
  'receipt',
  'iq',
  'ack',
  'presence',
  'chatstate',
  'call',
  'ib',
  'notification',
]);
const IQ_TYPES = new Set(['get', 'set', 'result', 'error']);
const RETRIES_MAX = 5;
/** Retries of so many messages are counted on one connection. */
const RETRIED_MAX = 10_000;
/** What clients mean by the error of their ack. */
const NACKS: Record<string, string> = {
  487: 'could not be parsed, or its keys were used already',
  488: 'stanza not recognised',
  489: 'stanza class not recognised',
  490: 'stanza type not recognised',
  491: 'content is no valid protobuf',
  493: 'meant for a hosted companion',
  495: 'message secret missing',
  496: 'old counter',
  499: 'message deleted on the peer',
  500: 'could not be decrypted or handled; a retry is asked for besides',
  550: 'admin revoke not supported',
  551: 'LID group not supported',
  552: 'could not be stored',
};

/** Looks at everything a companion sends that is no message. */
export class StanzaCheck {
  readonly #findings: Findings;
  readonly #ledger: Ledger;
  readonly #retries = new WeakMap<Connection, Map<string, number>>();

  constructor(findings: Findings, ledger: Ledger) {
    this.#findings = findings;
    this.#ledger = ledger;
  }

  /** Notes a stanza that nobody knows. */
  tag(connection: Connection, stanza: BinaryNode): void {
    if (!TAGS.has(stanza.tag)) this.#findings.note('stanza-unknown', connection, stanza, `<${stanza.tag}>`);
  }

  /** What a malformed query is refused with; undefined when it may be answered. */
  query(connection: Connection, iq: BinaryNode): Refusal | undefined {
    const { id, type = '', xmlns } = iq.attrs;
    if (!id) this.#findings.note('query-without-id', connection, iq);
    const asks = type === 'get' || type === 'set';
    if (IQ_TYPES.has(type) && (!asks || xmlns !== undefined)) return undefined;
    return this.#findings.note('query-malformed', connection, iq, `type=${type} xmlns=${xmlns ?? ''}`);
  }

  /** Notes a query of an xmlns that nobody answers. */
  unknownXmlns(connection: Connection, iq: BinaryNode): void {
    this.#findings.note('query-unknown', connection, iq, `xmlns=${iq.attrs.xmlns ?? ''}`);
  }

  /** Notes a receipt for what was never delivered; `settled` tells that something was waiting for it. */
  receipt(connection: Connection, receipt: BinaryNode, settled: boolean): void {
    const { id, type = '' } = receipt.attrs;
    if (!id) this.#findings.note('receipt-without-id', connection, receipt);
    const attempt = type === 'retry' ? this.#attempt(connection, receipt) : 0;
    if (attempt > RETRIES_MAX)
      this.#findings.note('retry-too-often', connection, receipt, `attempt ${attempt}`);
    // Messages of the history may be read, too; so only plain deliveries are looked at.
    const isDelivery = type === '' || type === 'inactive';
    if (id && isDelivery && !settled && !this.#wasGiven(connection, id))
      this.#findings.note('receipt-unknown', connection, receipt, id);
  }

  /** Notes an ack of nothing, and what a client says it could not take. */
  ack(connection: Connection, ack: BinaryNode, settled: boolean): void {
    const { id = '', class: kind = '', error } = ack.attrs;
    if (error !== undefined) {
      const { number, device } = connection;
      const text = NACKS[error] ?? 'a code that clients do not use';
      this.#ledger.note('nack', { number, device, tag: kind, messageId: id, type: error, text });
    }
    if (!settled && !this.#wasGiven(connection, id)) this.#findings.note('ack-unknown', connection, ack, id);
  }

  /** How often a message has been asked for again: as the client says, or as it was heard on this connection. */
  #attempt(connection: Connection, receipt: BinaryNode): number {
    // A client that is started anew counts from one again, and so does this.
    const heard = this.#retries.get(connection) ?? new Map<string, number>();
    this.#retries.set(connection, heard);
    const { id = '', to = '', participant = '' } = receipt.attrs;
    const key = `${id} ${to} ${participant}`;
    const count = (heard.get(key) ?? 0) + 1;
    if (heard.size >= RETRIED_MAX) heard.clear();
    heard.set(key, count);
    return Math.max(count, Number(child(receipt, 'retry')?.attrs.count ?? 0));
  }

  #wasGiven({ number, device }: Connection, id: string): boolean {
    return this.#ledger.wasSent(number, device, id);
  }
}
