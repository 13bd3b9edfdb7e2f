import type { Json } from '../../../platform/db/json-column.ts';
import type { Problem } from '../../../platform/failures.ts';
import type { CheckTools, Needs } from '../actions/action.ts';
import { actions } from '../actions/actions.ts';
import { problemsOfConditions } from '../conditions/conditions.ts';
import { triggers } from '../triggers/triggers.ts';
import type { Definition } from './definition.ts';
import { readGraph } from './graph.ts';
import { problemsOfLife } from './life.ts';
import { doneExit, type Program, type ProgramNode } from './program.ts';

/** An automation ready to run, and all that keeps it from being switched on. */
export interface Compiled {
  program: Program;
  problems: Problem[];
}

const actionsMax = 200;

/** Fields of an action stand in it, or under `config` as the canvas has them. */
const configOf = ({ config, ...own }: Json): Json => ({
  ...(typeof config === 'object' && config !== null && !Array.isArray(config) ? config : {}),
  ...own,
});

/** Makes a program of a stored automation. What is wrong with it is listed, and is left out of the program. */
export function compile(definition: Definition, tools: CheckTools): Compiled {
  return definition.graph ? ofGraph(definition, definition.graph, tools) : ofRule(definition, tools);
}

function ofRule(definition: Definition, tools: CheckTools): Compiled {
  const { conditions, settings, kind, triggerType: type, triggerConfig: config } = definition;
  const list = definition.actions.map(
    (action, index): ProgramNode => ({
      id: String(index),
      kind: typeof action?.type === 'string' ? action.type : '',
      config: configOf(action ?? {}),
      next: index + 1 < definition.actions.length ? { [doneExit]: String(index + 1) } : {},
    }),
  );
  const problems = [
    ...problemsOfTrigger(type, config, '/triggerConfig', '/triggerType'),
    ...problemsOfConditions(conditions, '/conditions'),
    ...(list.length === 0 ? [{ path: '/actions', problem: 'must not be empty in what is switched on' }] : []),
    ...(list.length > actionsMax
      ? [{ path: '/actions', problem: `must have at most ${actionsMax} actions` }]
      : []),
    ...list.flatMap((node, index) => problemsOfNode(node, `/actions/${index}`, tools)),
    ...problemsOfLife(
      definition,
      list.map((node, index) => ({ ...node, path: `/actions/${index}` })),
    ),
  ];
  const program: Program = {
    ...{ kind, conditions, settings, nodes: Object.fromEntries(list.map((node) => [node.id, node])) },
    triggers: [{ type, config, start: list[0]?.id ?? null }],
    stops: list.some((node) => node.kind === 'stop_processing'),
  };
  return { program, problems };
}

function ofGraph(definition: Definition, graph: Json, tools: CheckTools): Compiled {
  const { conditions, settings } = definition;
  const read = readGraph(graph);
  const problems = [
    ...read.problems,
    ...twice(read.triggers),
    ...read.triggers.flatMap(({ type, config, path }) => problemsOfTrigger(type, config, path, path)),
    ...problemsOfConditions(conditions, '/conditions'),
    ...read.nodes.flatMap(({ path, ...node }) => problemsOfNode(node, path, tools)),
    ...problemsOfLife(definition, read.nodes),
    ...read.nodes.flatMap(({ path, kind, config, next }) => {
      const known = [doneExit, 'error', ...(actions.get(kind)?.exits?.(config) ?? [])];
      return Object.keys(next)
        .filter((exit) => !known.includes(exit))
        .map((exit) => ({ path, problem: `has no exit ${exit}: it has ${known.join(', ')}` }));
    }),
  ];
  const nodes = read.nodes.map(({ path: _, ...node }) => node);
  const program: Program = {
    ...{ kind: 'flow', conditions, settings, stops: false },
    triggers: read.triggers.map(({ path: _, ...trigger }) => trigger),
    nodes: Object.fromEntries(nodes.map((node) => [node.id, node])),
  };
  return { program, problems };
}

/** What starts by time is kept once for each automation. */
function twice(found: readonly { type: string; path: string }[]): Problem[] {
  return ['schedule', 'no_reply'].flatMap((type) =>
    found
      .filter((one) => one.type === type)
      .slice(1)
      .map(({ path }) => ({ path, problem: `is a second trigger ${type}: make another flow of it` })),
  );
}

function problemsOfTrigger(type: string, config: Json, path: string, typePath: string): Problem[] {
  const kind = triggers.get(type);
  if (kind) return kind.problems(config, path);
  return [
    { path: typePath, problem: `${type} starts nothing here: use one of ${[...triggers.keys()].join(', ')}` },
  ];
}

function problemsOfNode({ kind, config }: ProgramNode, path: string, tools: CheckTools): Problem[] {
  const action = actions.get(kind);
  if (action) return action.problems(config, path, tools);
  return [{ path: `${path}/type`, problem: `must be one of ${[...actions.keys()].join(', ')}` }];
}

/** What whoever switches a program on must be allowed. */
export function needsOf({ nodes }: Program): ReadonlySet<Needs> {
  const all = Object.values(nodes).flatMap(({ kind, config }) => {
    const needs = actions.get(kind)?.needs;
    return (typeof needs === 'function' ? needs(config) : needs) ?? [];
  });
  return new Set(all);
}
