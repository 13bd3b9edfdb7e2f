import type { Problem } from '../../../platform/failures.ts';
import type { Facts } from '../match/facts.ts';
import type { Condition } from '../program/program.ts';

/** Whether a condition held, and why. */
export interface Verdict {
  held: boolean;
  why: string;
}

/** Decides a condition inside another one. */
export type Decide = (condition: Condition, facts: Facts) => Verdict;

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
