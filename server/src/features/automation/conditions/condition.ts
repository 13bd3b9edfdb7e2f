import type { Problem } from '../../../platform/failures.ts';
import type { Facts } from '../match/facts.ts';
import type { Condition } from '../program/program.ts';

/** Whether a condition held, and why. */
export interface Verdict {
  held: boolean;
  why: string;
  /** Of one with conditions inside: what became of each. */
  inside?: readonly Judged[];
}

/** The verdict on a condition, with its type. */
export interface Judged extends Verdict {
  type: string | null;
}

/** Decides a condition inside another one. */
export type Decide = (condition: Condition, facts: Facts) => Judged;

/** A kind of condition, by all its names. */
export interface ConditionKind {
  readonly types: readonly string[];
  /** What keeps the automation from being switched on; `inner` looks at conditions inside. */
  problems(
    condition: Condition,
    path: string,
    inner: (conditions: unknown, path: string) => Problem[],
  ): Problem[];
  decide(condition: Condition, facts: Facts, decide: Decide): Verdict;
}
