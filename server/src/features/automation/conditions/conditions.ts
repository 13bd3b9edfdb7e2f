import type { Problem } from '../../../platform/failures.ts';
import type { Facts } from '../match/facts.ts';
import type { Condition } from '../program/program.ts';
import { dayOfWeek, timeRange } from './clock.ts';
import { all, any, not } from './combined.ts';
import type { ConditionKind, Judged } from './condition.ts';
import { contactTag } from './contact-tag.ts';
import { field } from './field.ts';
import { isGroup, notGroup } from './is-group.ts';
import { matchText } from './match-text.ts';
import { messageType } from './message-type.ts';

const kinds: readonly ConditionKind[] = [
  ...[matchText, isGroup, notGroup, messageType, timeRange, dayOfWeek, contactTag],
  ...[all, any, not, field],
];
const byType = new Map(kinds.flatMap((kind) => kind.types.map((type) => [type, kind] as const)));

const depthMax = 4;

const kindOf = (condition: Condition): ConditionKind | undefined => {
  const { type } = condition ?? {};
  return typeof type === 'string' ? byType.get(type) : undefined;
};

/** Decides one condition. One that is not known does not hold: a rule must not do more than was asked for. */
export function decide(condition: Condition, facts: Facts): Judged {
  return decideAt(condition, facts, 0);
}

function decideAt(condition: Condition, facts: Facts, depth: number): Judged {
  const kind = kindOf(condition);
  const type = typeof condition?.type === 'string' ? condition.type : null;
  const unknown = { held: false, why: 'This condition is not known: it never holds.' };
  if (!kind || depth > depthMax) return { type, ...unknown };
  const inner = (one: Condition, seen: Facts) => decideAt(one, seen, depth + 1);
  return { type, ...kind.decide(condition, facts, inner) };
}

/** What is wrong with conditions that somebody wants to switch on. */
export function problemsOfConditions(conditions: unknown, path: string, depth = 0): Problem[] {
  if (!Array.isArray(conditions)) return [{ path, problem: 'must be a list of conditions' }];
  if (depth > depthMax) return [{ path, problem: `must not be deeper than ${depthMax} levels` }];
  return conditions.flatMap((condition: Condition, index) => {
    const at = `${path}/${index}`;
    const kind = kindOf(condition);
    if (!kind) return [{ path: `${at}/type`, problem: `must be one of ${[...byType.keys()].join(', ')}` }];
    return kind.problems(condition, at, (inner, below) => problemsOfConditions(inner, below, depth + 1));
  });
}
