import { createHash } from 'node:crypto';
import type { Json } from '../../../platform/db/json-column.ts';
import type { Judged } from '../conditions/condition.ts';
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
    const why = verdicts.map((one) => one.why).join(' ');
    return { is: 'done', exit: String(held), data: { why, conditions: verdicts } };
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
    const looked: { held: boolean; conditions: Judged[] }[] = [];
    for (const { conditions } of casesOf(config)) {
      const verdicts = ((conditions ?? []) as Condition[]).map((one) => decide(one, facts));
      const held = verdicts.every((one) => one.held);
      looked.push({ held, conditions: verdicts });
      if (held) break;
    }
    const exit = looked.at(-1)?.held ? `case:${looked.length - 1}` : 'else';
    return { is: 'done', exit, data: { cases: looked } };
  },
};

const weightsOf = ({ weights }: Json): number[] =>
  Array.isArray(weights) ? weights.filter((one): one is number => typeof one === 'number' && one > 0) : [];

/** One way by chance, the same for a person each time: exits are `case:0`, `case:1` … by `weights`. */
export const random: ActionKind = {
  types: ['random'],
  exits: (config) => weightsOf(config).map((_, index) => `case:${index}`),
  problems: ({ weights }, path) =>
    Array.isArray(weights) &&
    weights.length > 1 &&
    weights.length <= casesMax &&
    weightsOf({ weights }).length === weights.length
      ? []
      : [{ path: `${path}/weights`, problem: `must be a list of 2 to ${casesMax} numbers above 0` }],
  act(config, { facts, automation }) {
    const weights = weightsOf(config);
    const who = `${automation.id} ${facts.arrival.senderJid}`;
    const share = createHash('sha256').update(who).digest().readUInt32BE(0) / 2 ** 32;
    let left = share * weights.reduce((sum, one) => sum + one, 0);
    const index = weights.findIndex((weight) => {
      left -= weight;
      return left < 0;
    });
    return { is: 'done', exit: `case:${Math.max(0, index)}` };
  },
};
