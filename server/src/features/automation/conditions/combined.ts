import type { Condition } from '../program/program.ts';
import type { ConditionKind, Judged } from './condition.ts';

const inside = (conditions: unknown): Condition[] =>
  Array.isArray(conditions) ? (conditions as Condition[]) : [];

const whyOf = (verdicts: readonly Judged[]): string =>
  verdicts.map(({ why }) => why).join(' ') || 'There is no condition inside.';

/** A condition that holds by what becomes of those inside. */
const combined = (type: string, holds: (verdicts: readonly Judged[]) => boolean): ConditionKind => ({
  types: [type],
  problems: ({ conditions }, path, inner) => inner(conditions, `${path}/conditions`),
  decide({ conditions }, facts, decide) {
    const verdicts = inside(conditions).map((one) => decide(one, facts));
    return { held: verdicts.length > 0 && holds(verdicts), why: whyOf(verdicts), inside: verdicts };
  },
});

/** Each of the conditions inside holds, as one of several in an `any`. */
export const all = combined('all', (verdicts) => verdicts.every(({ held }) => held));

/** At least one of the conditions inside holds. */
export const any = combined('any', (verdicts) => verdicts.some(({ held }) => held));

/** None of the conditions inside holds. */
export const not = combined('not', (verdicts) => verdicts.every(({ held }) => !held));
