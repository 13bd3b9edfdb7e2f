import type { Condition } from '../program/program.ts';
import type { ConditionKind } from './condition.ts';

const inside = (conditions: unknown): Condition[] =>
  Array.isArray(conditions) ? (conditions as Condition[]) : [];

/** At least one of the conditions inside holds. */
export const any: ConditionKind = {
  types: ['any'],
  problems: ({ conditions }, path, inner) => inner(conditions, `${path}/conditions`),
  decide({ conditions }, facts, decide) {
    const verdicts = inside(conditions).map((one) => decide(one, facts));
    const held = verdicts.some((one) => one.held);
    return { held, why: verdicts.map(({ why }) => why).join(' ') || 'There is no condition inside.' };
  },
};

/** None of the conditions inside holds. */
export const not: ConditionKind = {
  types: ['not'],
  problems: ({ conditions }, path, inner) => inner(conditions, `${path}/conditions`),
  decide({ conditions }, facts, decide) {
    const verdicts = inside(conditions).map((one) => decide(one, facts));
    const held = verdicts.length > 0 && verdicts.every((one) => !one.held);
    return { held, why: verdicts.map(({ why }) => why).join(' ') || 'There is no condition inside.' };
  },
};
