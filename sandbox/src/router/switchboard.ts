import type { Address } from '../accounts/account.ts';
import type { Directory } from '../accounts/directory.ts';
import type { CallIntake } from '../calls/intake.ts';
import type { Acts } from '../faults/acts.ts';
import type { Fault, Faults } from '../faults/faults.ts';
import { type FaultName, kindOf } from '../faults/kinds.ts';
import type { Checks } from '../findings/checks.ts';
import { type Answer, EMPTY, isQuestion, type Query } from '../iq/answer.ts';
import { answerStanza, queryOf } from '../iq/table.ts';
import type { Pairing } from '../login/pairing.ts';
import type { CodePairing } from '../login/pairing-code.ts';
import { Part } from '../part.ts';
import type { Acquaintances } from '../people/acquaintances.ts';
import type { Connection } from '../wire/connection.ts';
import { type BinaryNode, child, node, nowSeconds } from '../wire/node.ts';
import type { Mailbox } from './mailbox.ts';
import type { Messages } from './messages.ts';
import type { Presence } from './presence.ts';
import { isTold, type Receipts } from './receipts.ts';

interface SwitchboardDeps {
  readonly directory: Directory;
  readonly mailbox: Mailbox;
  readonly messages: Messages;
  readonly receipts: Receipts;
  readonly presence: Presence;
  readonly calls: CallIntake;
  readonly checks: Checks;
  readonly acquaintances: Acquaintances;
  readonly faults: Faults;
  readonly acts: Acts;
  readonly answer: (query: Query) => Answer;
}

/** Faults that refuse a message, and those that deliver it and lose its ack. */
const REFUSALS: FaultName[] = ['refuse-message', 'rate-limit', 'reachout-timelock'];
const LOST_ACKS: FaultName[] = ['lose-ack', 'drop-answer'];

interface HeldAck {
  readonly fault: Fault;
  readonly connection: Connection;
  readonly ack: BinaryNode;
}

/** Looks at each stanza of a client, lets faults have their way, and hands it to whoever it concerns. */
export class Switchboard extends Part<SwitchboardDeps> {
  #held: HeldAck[] = [];

  /** A stanza of a logged-in device. */
  take(connection: Connection, from: Address, stanza: BinaryNode): void {
    const { faults, acts, mailbox, presence, calls, checks } = this.deps;
    const moment = { number: connection.number, device: connection.device, stanza };
    const act = faults.strikeStage('act', moment);
    if (act) acts.do(act, connection);
    else if (stanza.tag === 'message') this.#message(connection, from, stanza);
    else if (stanza.tag === 'receipt') this.#receipt(connection, from, stanza);
    else if (stanza.tag === 'iq') this.#query(connection, from, stanza);
    else if (stanza.tag === 'ack')
      checks.stanza.ack(connection, stanza, mailbox.settle(connection.number, connection.device, stanza));
    else if (stanza.tag === 'presence') {
      checks.stanza.presence(connection, stanza);
      presence.take(from, stanza);
    } else if (stanza.tag === 'chatstate') {
      checks.stanza.chatState(connection, stanza);
      presence.typing(from, stanza);
    } else if (stanza.tag === 'call')
      checks.stanza.call(connection, stanza, calls.take(connection, from, stanza));
    else checks.stanza.unknown(connection, stanza);
  }

  /** A stanza of a client that is not linked yet: answers to pairing, and nothing else. */
  takeUnpaired(connection: Connection, stanza: BinaryNode, pairing: Pairing, code: CodePairing): void {
    // A device that was unlinked a moment ago may still be speaking.
    if (connection.number === '') this.deps.checks.stanza.unlinked(connection, stanza);
    if (stanza.tag !== 'iq' || stanza.attrs.type === 'result' || stanza.attrs.type === 'error') {
      pairing.confirm(connection, stanza);
      return;
    }
    const request = child(stanza, 'link_code_companion_reg');
    connection.send(answerStanza(stanza, request ? answerCode(connection, request, code) : EMPTY));
  }

  /** A fault has ended: acks it kept back go out. */
  release(fault: Fault): void {
    const due = this.#held.filter((each) => each.fault === fault);
    this.#held = this.#held.filter((each) => each.fault !== fault);
    for (const { connection, ack } of due) connection.send(ack);
  }

  /** The connection has ended: nobody waits for its acks any more. */
  forget(connection: Connection): void {
    this.#held = this.#held.filter((each) => each.connection !== connection);
  }

  #message(connection: Connection, from: Address, stanza: BinaryNode): void {
    const { faults, messages, checks } = this.deps;
    const moment = { number: connection.number, device: connection.device, stanza };
    const fault = faults.strike(
      [...REFUSALS, ...LOST_ACKS, 'no-route', 'hold-acks'],
      moment,
      ({ name }) => name !== 'reachout-timelock' || this.#isReachout(from, stanza),
    );
    const refusing = fault && REFUSALS.includes(fault.name) ? fault : undefined;
    const code = refusing
      ? (refusing.code ?? kindOf(refusing.name).code)
      : checks.message.refusal(from, stanza)?.code;
    checks.stanza.messageType(connection, stanza);
    const fate = code
      ? messages.refuse(from, stanza, code)
      : messages.route(from, stanza, fault?.name === 'no-route');
    const error = fate.is === 'refused' ? fate.code : undefined;
    if (error !== undefined && !code) checks.stanza.undeliverable(connection, stanza, error);
    const ack = node('ack', {
      class: 'message',
      id: stanza.attrs.id,
      from: stanza.attrs.to,
      t: nowSeconds(),
      error,
      backoff: refusing?.backoffSeconds,
    });
    if (fault && LOST_ACKS.includes(fault.name)) return;
    if (fault?.name === 'hold-acks') this.#held.push({ fault, connection, ack });
    else connection.send(ack);
  }

  /** Whether a message would be the first between two people. */
  #isReachout({ account }: Address, { attrs }: BinaryNode): boolean {
    const { directory, acquaintances } = this.deps;
    const other = directory.resolve(attrs.recipient ?? attrs.to)?.account;
    return other !== undefined && other !== account && acquaintances.areStrangers(account, other);
  }

  #receipt(connection: Connection, from: Address, stanza: BinaryNode): void {
    const { mailbox, receipts, faults } = this.deps;
    const { id, to, type, participant } = stanza.attrs;
    const settled = mailbox.settle(connection.number, connection.device, stanza);
    this.deps.checks.stanza.receipt(connection, stanza, settled);
    const moment = { number: connection.number, device: connection.device, stanza };
    const fault = faults.strike(
      ['lose-receipt', 'drop-answer'],
      moment,
      ({ name }) => name !== 'lose-receipt' || isTold(stanza),
    );
    if (fault?.name !== 'lose-receipt') receipts.route(from, stanza);
    if (fault?.name === 'drop-answer') return;
    connection.send(node('ack', { class: 'receipt', id, from: to, type, participant }));
  }

  #query(connection: Connection, from: Address, iq: BinaryNode): void {
    const { faults, answer, checks } = this.deps;
    const refusal = checks.stanza.query(connection, iq);
    if (refusal) {
      connection.send(answerStanza(iq, { error: refusal.code, text: refusal.text }));
      return;
    }
    if (!isQuestion(iq)) return;
    const moment = { number: connection.number, device: connection.device, stanza: iq };
    const fault = faults.strike(['rate-limit', 'drop-answer'], moment);
    if (fault?.name === 'rate-limit') {
      const error = fault.code ?? 429;
      connection.send(answerStanza(iq, { error, text: 'rate-overlimit', backoff: fault.backoffSeconds }));
      return;
    }
    const given = answer(queryOf(connection, from, iq));
    if ('error' in given) checks.stanza.refusedQuery(connection, iq, given.error);
    if (fault?.name !== 'drop-answer') connection.send(answerStanza(iq, given));
    if ('after' in given) given.after?.();
  }
}

function answerCode(connection: Connection, request: BinaryNode, code: CodePairing): Answer {
  if (request.attrs.stage === 'companion_hello') {
    const content = code.hello(connection, request);
    return content ? { content } : { error: 400, text: 'bad-request' };
  }
  return code.finish(connection, request) ? EMPTY : { error: 401, text: 'not-authorized' };
}
