import { isQuestion } from '../iq/answer.ts';
import type { Ledger } from '../ledger/ledger.ts';
import { Part } from '../part.ts';
import { receiptIds } from '../router/receipts.ts';
import type { Store } from '../store/sqlite.ts';
import type { Connection } from '../wire/connection.ts';
import { type BinaryNode, child } from '../wire/node.ts';
import type { Findings, Refusal } from './findings.ts';

const MESSAGE_TYPES = new Set(['text', 'media', 'reaction', 'poll', 'event', 'pay']);
const DELIVERIES = ['', 'inactive'];
const READS = ['read', 'read-self', 'played', 'played-self'];
const RECEIPT_TYPES = new Set([
  ...DELIVERIES,
  ...READS,
  ...['sender', 'peer_msg', 'hist_sync', 'retry', 'server-error', 'enc_rekey_retry'],
]);
/** A presence without a type tells the name of the person. */
const PRESENCE_TYPES = new Set([undefined, 'available', 'unavailable', 'subscribe', 'unsubscribe']);
const CHAT_STATES = new Set(['composing', 'paused']);
/** A message that is refused with one of these should not have been sent; other codes are restrictions of the account. */
const UNDELIVERABLE = new Set([400, 403, 404]);
const BAD_REQUEST = 400;
const NOT_IMPLEMENTED = 501;
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

interface StanzaCheckDeps {
  readonly findings: Findings;
  readonly ledger: Ledger;
  readonly store: Store;
}

/** Looks at what a companion sends, but for what a message carries. */
export class StanzaCheck extends Part<StanzaCheckDeps> {
  readonly #retries = new WeakMap<Connection, Map<string, number>>();

  /** Notes a stanza that clients do not send. What they say of themselves in an `ib` is of no interest. */
  unknown(connection: Connection, stanza: BinaryNode): void {
    if (stanza.tag !== 'ib') this.deps.findings.note('stanza-unknown', connection, stanza, `<${stanza.tag}>`);
  }

  /**
   * Notes what a client that is not linked yet should not say. It may say its name, which the pairing has just told it,
   * and that it has heard what a pairing by code notifies it of.
   */
  unlinked(connection: Connection, stanza: BinaryNode): void {
    const { tag, attrs } = stanza;
    const isName = tag === 'presence' && attrs.type === undefined;
    const isHeard = tag === 'ack' && attrs.class === 'notification';
    if (!isName && !isHeard && tag !== 'iq' && tag !== 'ib')
      this.deps.findings.note('stanza-unlinked', connection, stanza, `<${tag}>`);
  }

  /** Notes a message of an unknown type; an absent one is none. */
  messageType(connection: Connection, message: BinaryNode): void {
    const { type = '' } = message.attrs;
    if (!MESSAGE_TYPES.has(type))
      this.deps.findings.note('message-type-unknown', connection, message, `type=${type}`);
  }

  /** Notes a message that could not be carried, by the code of its ack. */
  undeliverable(connection: Connection, message: BinaryNode, code: number): void {
    const detail = `to=${message.attrs.to ?? ''} error=${code}`;
    if (code === NOT_IMPLEMENTED) this.deps.findings.note('not-carried', connection, message, detail);
    if (UNDELIVERABLE.has(code))
      this.deps.findings.note('message-undeliverable', connection, message, detail);
  }

  /** Notes a presence of an unknown type. */
  presence(connection: Connection, presence: BinaryNode): void {
    const { type } = presence.attrs;
    if (!PRESENCE_TYPES.has(type))
      this.deps.findings.note('presence-unknown', connection, presence, `type=${type}`);
  }

  /** Notes a chatstate that tells nobody anything. */
  chatState(connection: Connection, stanza: BinaryNode): void {
    const state = child(stanza)?.tag ?? '';
    if (!stanza.attrs.to || !CHAT_STATES.has(state))
      this.deps.findings.note('chatstate-unknown', connection, stanza, `<${state}>`);
  }

  /** Notes what was said of no call; `code` is the error it is acknowledged with. */
  call(connection: Connection, call: BinaryNode, code: number | undefined): void {
    if (code === BAD_REQUEST)
      this.deps.findings.note('call-malformed', connection, call, `<${child(call)?.tag ?? ''}>`);
  }

  /** What a malformed query is refused with; undefined when it may be answered. */
  query(connection: Connection, iq: BinaryNode): Refusal | undefined {
    const { id, type = '', xmlns } = iq.attrs;
    if (!id) this.deps.findings.note('query-without-id', connection, iq);
    const answers = type === 'result' || type === 'error';
    if (id && answers && !this.#wasGiven(connection, id))
      this.deps.findings.note('answer-unknown', connection, iq, `type=${type}`);
    if (answers || (isQuestion(iq) && xmlns !== undefined)) return undefined;
    return this.deps.findings.note('query-malformed', connection, iq, `type=${type} xmlns=${xmlns ?? ''}`);
  }

  /** Notes a query that nobody answers. */
  unknownQuery(connection: Connection, iq: BinaryNode): void {
    this.deps.findings.note('query-unknown', connection, iq, askedIn(iq));
  }

  /** Notes a query that is answered with an error, when it is the question that is wrong, or asks for what is not carried. */
  refusedQuery(connection: Connection, iq: BinaryNode, code: number): void {
    if (code === BAD_REQUEST) this.deps.findings.note('query-refused', connection, iq, askedIn(iq));
    if (code === NOT_IMPLEMENTED) this.deps.findings.note('not-carried', connection, iq, askedIn(iq));
  }

  /** Notes a receipt for what was never delivered; `settled` tells that something was waiting for it. */
  receipt(connection: Connection, receipt: BinaryNode, settled: boolean): void {
    const { id, type = '' } = receipt.attrs;
    if (!id) this.deps.findings.note('receipt-without-id', connection, receipt);
    const attempt = type === 'retry' ? this.#attempt(connection, receipt) : 0;
    if (attempt > RETRIES_MAX)
      this.deps.findings.note('retry-too-often', connection, receipt, `attempt ${attempt}`);
    if (!RECEIPT_TYPES.has(type))
      this.deps.findings.note('receipt-type-unknown', connection, receipt, `type=${type}`);
    if (!id) return;
    if (type === 'retry' && !this.#wasGiven(connection, id))
      this.deps.findings.note('retry-unknown', connection, receipt, id);
    if (DELIVERIES.includes(type) && !settled && !this.#wasGiven(connection, id))
      this.deps.findings.note('receipt-unknown', connection, receipt, id);
    const strange = READS.includes(type)
      ? receiptIds(receipt).find((each) => !this.#mayKnow(connection, each))
      : undefined;
    if (strange !== undefined) this.deps.findings.note('receipt-unknown', connection, receipt, strange);
  }

  /** Notes an ack of nothing, and what a client says it could not take. */
  ack(connection: Connection, ack: BinaryNode, settled: boolean): void {
    const { id = '', class: kind = '', error } = ack.attrs;
    if (error !== undefined) {
      const { number, device } = connection;
      const text = NACKS[error] ?? 'a code that clients do not use';
      this.deps.ledger.note('nack', { number, device, tag: kind, messageId: id, type: error, text });
    }
    if (!settled && !this.#wasGiven(connection, id))
      this.deps.findings.note('ack-unknown', connection, ack, id);
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
    return this.deps.ledger.wasSent(number, device, id);
  }

  /** Whether a device may have heard of a message: the phone has it, or did, or another companion was given it. */
  #mayKnow({ number }: Connection, id: string): boolean {
    // The ledger has many lines of a message in a large group, and is asked only of those that are gone from the phone.
    const sql = 'SELECT 1 FROM inbox WHERE number = ? AND id = ? LIMIT 1';
    return this.deps.store.get(sql, number, id) !== undefined || this.deps.ledger.hasReached(number, id);
  }
}

/** What a query was about, in the words of its stanza. */
function askedIn(iq: BinaryNode): string {
  const { type = '', xmlns = '' } = iq.attrs;
  return `${type} xmlns=${xmlns} <${child(iq)?.tag ?? ''}>`;
}
