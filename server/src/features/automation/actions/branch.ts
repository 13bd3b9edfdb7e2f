import type { Json } from '../../../platform/db/json-column.ts';
import { decide, problemsOfConditions } from '../conditions/conditions.ts';
import type { Condition } from '../program/program.ts';
import type { ActionKind } from './action.ts';

/** A condition node has its condition in its own fields, or a list of them that must all hold. */
const conditionsOf = (config: Json): Condition[] =>
  Array.isArray(config.conditions)
    ? (config.conditions as Condition[])
    : [{ ...config, type: typeof config.type === 'string' ? config.type : 'field' }];

/** Goes one way or the other: exits are `true` and `false`. */
export const condition: ActionKind = {
  types: ['condition'],
  exits: () => ['true', 'false'],
  problems(config, path) {
    const at = Array.isArray(config.conditions) ? `${path}/conditions` : path;
    return problemsOfConditions(conditionsOf(config), at).map(({ path: where, problem }) => ({
      path: at === path ? where.replace(`${path}/0`, path) : where,
      problem,
    }));
  },
  act(config, { facts }) {
    const verdicts = conditionsOf(config).map((one) => decide(one, facts));
    const held = verdicts.every((one) => one.held);
    return { is: 'done', exit: String(held), data: { why: verdicts.map(({ why }) => why).join(' ') } };
  },
};

const casesMax = 20;
const casesOf = ({ cases }: Json): Json[] => (Array.isArray(cases) ? (cases as Json[]) : []);

/** The first case that holds: exits are `case:0`, `case:1` … and `else`. */
export const branch: ActionKind = {
  types: ['branch'],
  exits: (config) => [...casesOf(config).map((_, index) => `case:${index}`), 'else'],
  problems(config, path) {
    const cases = casesOf(config);
    if (cases.length === 0 || cases.length > casesMax) {
      return [{ path: `${path}/cases`, problem: `must be a list of 1 to ${casesMax} cases` }];
    }
    return cases.flatMap((one, index) =>
      problemsOfConditions(one?.conditions, `${path}/cases/${index}/conditions`),
    );
  },
  act(config, { facts }) {
    const index = casesOf(config).findIndex(({ conditions }) =>
      ((conditions ?? []) as Condition[]).every((one) => decide(one, facts).held),
    );
    return { is: 'done', exit: index < 0 ? 'else' : `case:${index}` };
  },
};
