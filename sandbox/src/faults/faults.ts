import { randomBytes } from 'node:crypto';
import { chanceFrom } from '../chance.ts';
import { Part } from '../part.ts';
import { type BinaryNode, child } from '../wire/node.ts';
import type { FaultStage } from './kind.ts';
import { type FaultName, kindOf } from './kinds.ts';

/** A fault as it is asked for. Whatever matcher is left out matches everything. */
export interface FaultOrder {
  name: FaultName;
  number?: string;
  device?: number;
  /** Tag of the stanza: `message`, `iq`, `receipt`, `notification`… */
  stanza?: string;
  xmlns?: string;
  /** Tag of the stanza's first child. */
  child?: string;
  /** 0 to 1; chance is drawn from `seed`, so a run can be repeated. */
  probability?: number;
  seed?: number;
  count?: number;
  delayMs?: number;
  /** Begins to strike so long after it is asked for. */
  afterMs?: number;
  /** Ends so long after it has begun. */
  forMs?: number;
  /** For what can strike in one direction alone; left out: both. */
  direction?: 'in' | 'out';
  bytesPerSecond?: number;
  /** Name of the attribute that is left out. */
  attribute?: string;
  /** Tags that lead to what loses it, from the children of the stanza on; left out: the stanza itself. */
  path?: string;
  code?: number;
  /** For refusals that say when to come back. */
  backoffSeconds?: number;
}

export interface Fault extends FaultOrder {
  readonly id: string;
  /** How often it has struck. */
  hits: number;
  /** How often it still will; Infinity until cleared. */
  left: number;
  /** Unix milliseconds. */
  readonly startsAt: number;
  readonly endsAt?: number;
}

/** What a matcher looks at. */
export interface Moment {
  readonly number?: string;
  readonly device?: number;
  readonly stanza?: BinaryNode;
}

function matches(fault: Fault, { number, device, stanza }: Moment): boolean {
  if (fault.number !== undefined && fault.number !== number) return false;
  if (fault.device !== undefined && fault.device !== device) return false;
  if (fault.stanza !== undefined && fault.stanza !== stanza?.tag) return false;
  if (fault.xmlns !== undefined && fault.xmlns !== stanza?.attrs.xmlns) return false;
  return fault.child === undefined || fault.child === child(stanza)?.tag;
}

interface FaultsDeps {
  /** Hears of every strike. */
  readonly struck: (fault: Fault, moment: Moment) => void;
  /** Hears when a fault begins: at once, or after its `afterMs`. */
  readonly begun: (fault: Fault) => void;
  readonly cleared: (fault: Fault) => void;
}

/** The faults that are in force. They live in memory: a restarted network is a healthy one. */
export class Faults extends Part<FaultsDeps> {
  readonly #faults = new Map<string, Fault>();
  readonly #chances = new Map<string, () => number>();
  readonly #timers = new Map<string, NodeJS.Timeout[]>();

  /** Puts a fault in force, now or after its `afterMs`. */
  add(order: FaultOrder): Fault {
    const { afterMs = 0, forMs } = order;
    const id = randomBytes(6).toString('hex');
    const startsAt = Date.now() + afterMs;
    const left = order.count ?? kindOf(order.name).times;
    const end = forMs !== undefined && { endsAt: startsAt + forMs };
    const fault: Fault = { ...order, id, hits: 0, left, startsAt, ...end };
    this.#faults.set(id, fault);
    this.#chances.set(id, chanceFrom(order.seed ?? 1));
    const timers: NodeJS.Timeout[] = [];
    this.#timers.set(id, timers);
    if (forMs !== undefined) timers.push(setTimeout(() => this.clear(id), afterMs + forMs).unref());
    if (afterMs > 0) timers.push(setTimeout(() => this.deps.begun(fault), afterMs).unref());
    else this.deps.begun(fault);
    return fault;
  }

  all(): Fault[] {
    return [...this.#faults.values()];
  }

  /** Ends a fault; false if there is none with this id. */
  clear(id: string): boolean {
    const fault = this.#faults.get(id);
    if (!fault) return false;
    this.#faults.delete(id);
    this.#chances.delete(id);
    for (const timer of this.#timers.get(id) ?? []) clearTimeout(timer);
    this.#timers.delete(id);
    this.deps.cleared(fault);
    return true;
  }

  clearAll(): void {
    for (const id of [...this.#faults.keys()]) this.clear(id);
  }

  /** The first fault of these names that strikes now; it is counted. `fits` says what else it depends on. */
  strike(names: FaultName[], moment: Moment, fits = (_: Fault): boolean => true): Fault | undefined {
    if (this.#faults.size === 0) return undefined;
    for (const fault of this.#faults.values()) {
      if (names.includes(fault.name) && this.#strikes(fault, moment, fits)) return fault;
    }
    return undefined;
  }

  /** The first fault of a stage that strikes now; it is counted. `fits` says what else it depends on. */
  strikeStage(stage: FaultStage, moment: Moment, fits = (_: Fault): boolean => true): Fault | undefined {
    if (this.#faults.size === 0) return undefined;
    for (const fault of this.#faults.values()) {
      if (kindOf(fault.name).stage === stage && this.#strikes(fault, moment, fits)) return fault;
    }
    return undefined;
  }

  /** Strikes at once, outside of any stanza, unless chance spares whom it would strike. */
  strikeNow(fault: Fault, moment: Moment): boolean {
    if (!matches(fault, moment) || !this.#drawn(fault)) return false;
    this.count(fault, moment);
    return true;
  }

  /** Counts a strike that happened at once, outside of any stanza. */
  count(fault: Fault, moment: Moment): void {
    fault.hits += 1;
    fault.left -= 1;
    this.deps.struck(fault, moment);
  }

  #strikes(fault: Fault, moment: Moment, fits: (fault: Fault) => boolean): boolean {
    if (fault.left <= 0 || fault.startsAt > Date.now() || !matches(fault, moment) || !fits(fault))
      return false;
    if (!this.#drawn(fault)) return false;
    this.count(fault, moment);
    return true;
  }

  /** Whether chance wants a strike. */
  #drawn({ id, probability = 1 }: Fault): boolean {
    return probability >= 1 || (this.#chances.get(id)?.() ?? 0) < probability;
  }
}
