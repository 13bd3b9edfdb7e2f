import { randomBytes } from 'node:crypto';
import { chanceFrom } from '../chance.ts';
import { type BinaryNode, child } from '../wire/node.ts';
import { type FaultName, type FaultStage, kindOf } from './kinds.ts';

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
  code?: number;
}

export interface Fault extends FaultOrder {
  readonly id: string;
  /** How often it has struck. */
  hits: number;
  /** How often it still will; Infinity until cleared. */
  left: number;
}

/** What a matcher looks at. */
interface Moment {
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

/** The faults that are in force. They live in memory: a restarted network is a healthy one. */
export class Faults {
  /** Told of every strike, and of a fault's end. */
  onStrike: (fault: Fault, moment: Moment) => void = () => undefined;
  onCleared: (fault: Fault) => void = () => undefined;
  readonly #faults = new Map<string, Fault>();
  readonly #chances = new Map<string, () => number>();

  /** Puts a fault in force. */
  add(order: FaultOrder): Fault {
    const id = randomBytes(6).toString('hex');
    const fault: Fault = { ...order, id, hits: 0, left: order.count ?? kindOf(order.name).times };
    this.#faults.set(id, fault);
    this.#chances.set(id, chanceFrom(order.seed ?? 1));
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
    this.onCleared(fault);
    return true;
  }

  clearAll(): void {
    for (const id of [...this.#faults.keys()]) this.clear(id);
  }

  /** The first fault of these names that strikes now; it is counted. */
  strike(names: FaultName[], moment: Moment): Fault | undefined {
    if (this.#faults.size === 0) return undefined;
    for (const fault of this.#faults.values()) {
      if (names.includes(fault.name) && this.#strikes(fault, moment)) return fault;
    }
    return undefined;
  }

  /** The first fault of a stage that strikes now; it is counted. */
  strikeStage(stage: FaultStage, moment: Moment): Fault | undefined {
    if (this.#faults.size === 0) return undefined;
    for (const fault of this.#faults.values()) {
      if (kindOf(fault.name).stage === stage && this.#strikes(fault, moment)) return fault;
    }
    return undefined;
  }

  /** Counts a strike that happened at once, outside of any stanza. */
  count(fault: Fault, moment: Moment): void {
    fault.hits += 1;
    fault.left -= 1;
    this.onStrike(fault, moment);
  }

  #strikes(fault: Fault, moment: Moment): boolean {
    if (fault.left <= 0 || !matches(fault, moment)) return false;
    const { probability = 1 } = fault;
    if (probability < 1 && (this.#chances.get(fault.id)?.() ?? 0) >= probability) return false;
    this.count(fault, moment);
    return true;
  }
}
