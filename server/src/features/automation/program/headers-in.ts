import type { Json } from '../../../platform/db/json-column.ts';
import type { Program } from './program.ts';

/** The parts of an automation that hold its steps; a part that isn't there has none. */
export interface Steps {
  readonly actions?: readonly Json[] | null | undefined;
  readonly graph?: Json | null | undefined;
}

/** The `headers` of a `webhook` step, whatever they are. */
export interface HeadersAt {
  readonly headers: unknown;
  /** Where the step stands, as problems say it. */
  readonly path: string;
  /** What the step is found by in another version. */
  readonly place: string;
  readonly url: string;
}

export const isObject = (value: unknown): value is Json =>
  typeof value === 'object' && value !== null && !Array.isArray(value);

/** The same with other headers of `webhook` steps, also those that are shadowed; undefined leaves them out. All else stays. */
export function mapHeaders<Some extends Steps>(steps: Some, change: (at: HeadersAt) => unknown): Some {
  const { actions, graph } = steps;
  const nodes: unknown = graph?.nodes;
  return {
    ...steps,
    ...(actions && { actions: actions.map((action, index) => ofAction(action, index, change)) }),
    ...(Array.isArray(nodes) && {
      graph: { ...graph, nodes: nodes.map((node, index) => ofNode(node, index, change)) },
    }),
  };
}

function ofAction(action: Json, index: number, change: (at: HeadersAt) => unknown): Json {
  if (action?.type !== 'webhook') return action;
  const { url } = { ...configOf(action), ...action };
  return inStep(action, { path: `/actions/${index}`, place: `action ${index}`, url: String(url) }, change);
}

function ofNode(node: unknown, index: number, change: (at: HeadersAt) => unknown): unknown {
  if (!isObject(node) || !isObject(node.data) || node.data.actionType !== 'webhook') return node;
  const { url } = { ...node.data, ...configOf(node.data) };
  const at = { path: `/graph/nodes/${index}`, place: `node ${node.id}`, url: String(url) };
  return { ...node, data: inStep(node.data, at, change) };
}

/** Fields stand in a step, or under its `config`. */
function inStep(step: Json, at: Omit<HeadersAt, 'headers'>, change: (at: HeadersAt) => unknown): Json {
  const changed = (fields: Json): Json =>
    fields.headers === undefined || fields.headers === null
      ? fields
      : { ...fields, headers: change({ ...at, headers: fields.headers }) };
  return isObject(step.config) ? { ...changed(step), config: changed(step.config) } : changed(step);
}

const configOf = ({ config }: Json): Json => (isObject(config) ? config : {});

/** The same of what an automation was compiled to. */
export function mapHeadersOfProgram(
  program: Program,
  change: (at: Pick<HeadersAt, 'headers'>) => unknown,
): Program {
  const nodes = Object.entries(program.nodes).map(([id, node]) => {
    const { headers } = node.config;
    if (node.kind !== 'webhook' || headers === undefined || headers === null) return [id, node] as const;
    return [id, { ...node, config: { ...node.config, headers: change({ headers }) } }] as const;
  });
  return { ...program, nodes: Object.fromEntries(nodes) };
}
