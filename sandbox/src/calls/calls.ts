import { randomBytes } from 'node:crypto';
import type { Account, Address } from '../accounts/account.ts';
import type { Directory } from '../accounts/directory.ts';
import type { Ledger } from '../ledger/ledger.ts';
import { Part } from '../part.ts';
import type { Privacy } from '../people/privacy.ts';
import type { Mailbox } from '../router/mailbox.ts';
import type { Store } from '../store/sqlite.ts';
import type { BinaryNode } from '../wire/node.ts';
import { type Call, CallLog, type CallStatus } from './call-log.ts';
import { offerStanza, type Signal, signalStanza } from './stanzas.ts';

interface CallDeps {
  readonly store: Store;
  readonly directory: Directory;
  readonly mailbox: Mailbox;
  readonly privacy: Privacy;
  readonly ledger: Ledger;
}

interface NewCall {
  id?: string | undefined;
  video: boolean;
  group?: string | undefined;
  ringMs?: number | undefined;
  /** What a client put into its offer: codecs, keys. */
  parts?: BinaryNode[] | undefined;
}

/** What somebody does to a call. */
export type CallAction = 'accept' | 'reject' | 'terminate' | 'timeout';

/** The call does not exist, this person can't do that to it, or has too many that ring. */
export class CallRefused extends Error {
  readonly code: 'CALL_NOT_FOUND' | 'CALL_STATE' | 'CALL_LIMIT';

  constructor(code: CallRefused['code'], message: string) {
    super(message);
    this.code = code;
  }
}

const RING_MS = 45_000;
const RINGING_MAX = 20;

/** Calls from offer to end. Only who is told what; there is no sound. */
export class Calls extends Part<CallDeps> {
  readonly log = new CallLog(this.deps.store);
  readonly #timers = new Map<string, NodeJS.Timeout>();

  /** Calls that were ringing when the network went down go on ringing until their time is over. */
  begin(): void {
    for (const call of this.log.ringing()) this.#ring(call);
  }

  /** Calls somebody. A callee who does not want this caller is not told; the caller hears it ring all the same. Throws CallRefused. */
  start(from: Address, callee: Account, { id, video, group = '', ringMs = RING_MS, parts }: NewCall): Call {
    const caller = from.account;
    if (this.log.ringingOf(caller.number) >= RINGING_MAX)
      throw new CallRefused('CALL_LIMIT', `${RINGING_MAX} calls of this person ring already.`);
    const call: Call = {
      id: id ?? randomBytes(16).toString('hex').toUpperCase(),
      caller: caller.number,
      callerDevice: from.device,
      callee: callee.number,
      video,
      group,
      offered: this.deps.privacy.allows(callee, caller, 'calladd'),
      status: 'ringing',
      startedAt: Date.now(),
      ringsUntil: Date.now() + ringMs,
    };
    this.log.add(call);
    this.#note(call);
    if (call.offered) {
      for (const device of callee.devices.keys())
        this.deps.mailbox.post({ account: callee, device }, offerStanza(call, caller, callee, device, parts));
    }
    this.#signal(call, from, callee, { tag: 'ringing' });
    this.#ring(call);
    return call;
  }

  /** Somebody does something to a call, from one of their devices. Throws CallRefused. */
  act(by: Address, id: string, action: CallAction): Call {
    const call = this.log.find(id);
    const isCaller = call?.caller === by.account.number;
    if (!call || !(isCaller || (call.callee === by.account.number && call.offered)))
      throw new CallRefused('CALL_NOT_FOUND', `This person has no call "${id}".`);
    const isRinging = call.status === 'ringing';
    if (action === 'terminate' ? !isRinging && call.status !== 'accepted' : !isRinging)
      throw new CallRefused('CALL_STATE', `The call is ${call.status}; it can't be changed by "${action}".`);
    if (isCaller !== (action === 'timeout') && action !== 'terminate')
      throw new CallRefused('CALL_STATE', `"${action}" is not for the ${isCaller ? 'caller' : 'callee'}.`);
    if (action === 'accept' || action === 'reject') this.#answer(call, by, action);
    else if (action === 'timeout') this.#timeout(call);
    else this.#hangUp(call, by, isCaller);
    return call;
  }

  /** Carries what two devices in a call tell each other; never queued. */
  relay(
    from: Address,
    id: string,
    tag: string,
    attributes: Record<string, string>,
    parts: BinaryNode[],
  ): void {
    const call = this.log.find(id);
    const people = call && this.#people(call);
    if (!people || !call.offered) return;
    const isCaller = from.account === people.caller.account;
    if (!isCaller && from.account !== people.callee) return;
    const stanza = signalStanza(call, from.account, people.caller.account, { tag, attributes, parts });
    const callees = call.answeredBy === undefined ? [...people.callee.devices.keys()] : [call.answeredBy];
    const to = isCaller ? callees.map((device) => ({ account: people.callee, device })) : [people.caller];
    for (const device of to) this.deps.mailbox.pass(device, stanza);
  }

  /** Stops waiting for calls to ring out. */
  stop(): void {
    for (const timer of this.#timers.values()) clearTimeout(timer);
    this.#timers.clear();
  }

  #answer(call: Call, by: Address, action: 'accept' | 'reject'): void {
    const people = this.#people(call);
    call.answeredBy = by.device;
    this.#change(call, action === 'accept' ? 'accepted' : 'rejected');
    if (!people) return;
    this.#signal(call, people.caller, by.account, { tag: action });
    const attributes = { reason: `${call.status}_elsewhere` };
    this.#tellCallee(call, { tag: 'terminate', attributes }, by.device);
  }

  #timeout(call: Call): void {
    const people = this.#people(call);
    this.#change(call, 'missed');
    if (!people) return;
    const end = { tag: 'terminate', attributes: { reason: 'timeout' } };
    this.#tellCallee(call, end);
    this.#signal(call, people.caller, people.callee, end);
  }

  #hangUp(call: Call, by: Address, isCaller: boolean): void {
    const people = this.#people(call);
    const wasRinging = call.status === 'ringing';
    this.#change(call, wasRinging ? (isCaller ? 'cancelled' : 'rejected') : 'ended');
    if (!people) return;
    const end = { tag: 'terminate' };
    if (!isCaller) this.#signal(call, people.caller, by.account, wasRinging ? { tag: 'reject' } : end);
    else if (wasRinging) this.#tellCallee(call, end);
    else this.#signal(call, { account: people.callee, device: call.answeredBy ?? 0 }, by.account, end);
    if (!isCaller && wasRinging) this.#tellCallee(call, end, by.device);
  }

  /** Tells the companions of the callee, but not the one that did it. */
  #tellCallee(call: Call, signal: Signal, but?: number): void {
    const people = this.#people(call);
    if (!people || !call.offered) return;
    for (const device of people.callee.devices.keys()) {
      if (device !== but)
        this.#signal(call, { account: people.callee, device }, people.caller.account, signal);
    }
  }

  /** Tells one device, about the other side; a phone needs no telling, its screen is the log. */
  #signal(call: Call, to: Address, from: Account, signal: Signal): void {
    const creator = this.deps.directory.find(call.caller);
    if (to.device === 0 || !creator || !to.account.devices.has(to.device)) return;
    this.deps.mailbox.post(to, signalStanza(call, from, creator, signal));
  }

  #change(call: Call, status: CallStatus): void {
    clearTimeout(this.#timers.get(call.id));
    this.#timers.delete(call.id);
    call.status = status;
    if (status !== 'accepted') call.endedAt = Date.now();
    this.log.save(call);
    this.#note(call);
  }

  #ring(call: Call): void {
    const timer = setTimeout(
      () => {
        const now = this.log.find(call.id);
        if (now?.status === 'ringing') this.#timeout(now);
      },
      Math.max(call.ringsUntil - Date.now(), 0),
    );
    timer.unref();
    this.#timers.set(call.id, timer);
  }

  #people(call: Call): { caller: Address; callee: Account } | undefined {
    const caller = this.deps.directory.find(call.caller);
    const callee = this.deps.directory.find(call.callee);
    return caller && callee && { caller: { account: caller, device: call.callerDevice }, callee };
  }

  #note({ id, caller, callerDevice, callee, offered, status, video }: Call): void {
    const about = { tag: 'call', messageId: id, type: video ? 'video' : 'audio', from: caller, to: callee };
    this.deps.ledger.note('call', { ...about, number: caller, device: callerDevice, flags: status });
    if (status === 'ringing' && !offered)
      this.deps.ledger.note('blocked', { ...about, number: callee, flags: 'not offered' });
  }
}
