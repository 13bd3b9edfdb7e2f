import type { Json } from '../../../platform/db/json-column.ts';
import type { Problem } from '../../../platform/failures.ts';
import { doneExit, type ProgramNode, type Trigger } from './program.ts';

/** A graph taken apart; paths say where a node stands in it. */
export interface ReadGraph {
  triggers: (Trigger & { path: string })[];
  nodes: (ProgramNode & { path: string })[];
  problems: Problem[];
}

interface CanvasNode {
  id: string;
  type: string;
  data: Json;
  path: string;
}
interface CanvasEdge {
  source: string;
  target: string;
  exit: string;
}

const nodesMax = 200;
const edgesMax = 1_000;
const isObject = (value: unknown): value is Json =>
  typeof value === 'object' && value !== null && !Array.isArray(value);

/**
 * Reads the nodes and edges of the canvas, also of older ones: `send_text` is a reply, `filters.keyword` a list of keywords,
 * an edge without a name leaves a condition where it holds. What can't be read is a problem that names its node.
 */
export function readGraph(graph: Json): ReadGraph {
  const problems: Problem[] = [];
  const nodes = readNodes(graph.nodes, problems);
  const byId = new Map(nodes.map((node) => [node.id, node]));
  const edges = readEdges(graph.edges, byId, problems);
  const nextOf = (node: CanvasNode): Record<string, string> =>
    Object.fromEntries(
      edges.filter(({ source }) => source === node.id).map(({ exit, target }) => [exit, target]),
    );
  const starts = nodes.filter(({ type }) => type === 'trigger');
  const triggers = starts.map((node) => ({
    ...readTrigger(node.data),
    start: Object.values(nextOf(node))[0] ?? null,
    path: node.path,
  }));
  if (triggers.length === 0) problems.push({ path: '/graph/nodes', problem: 'must have a trigger' });
  for (const { start, path } of triggers) {
    if (start === null) problems.push({ path, problem: 'must lead to something' });
  }
  const steps = nodes.filter(({ type }) => type !== 'trigger');
  const read = steps.map((node) => ({ ...readStep(node), next: nextOf(node), path: node.path }));
  const reached = reachedFrom(
    triggers.flatMap(({ start }) => start ?? []),
    read,
  );
  for (const { id, path } of read) {
    if (!reached.has(id)) problems.push({ path, problem: 'can’t be reached from any trigger' });
  }
  problems.push(...circles(read));
  return { triggers, nodes: read, problems };
}

function readNodes(value: unknown, problems: Problem[]): CanvasNode[] {
  if (!Array.isArray(value) || value.length > nodesMax) {
    problems.push({ path: '/graph/nodes', problem: `must be a list of at most ${nodesMax} nodes` });
    return [];
  }
  const seen = new Set<string>();
  return value.flatMap((one: unknown, index) => {
    const path = `/graph/nodes/${index}`;
    const node = isObject(one) ? one : {};
    const { id, type, data = {} } = node;
    const fits = typeof id === 'string' && /^[\w:.-]{1,100}$/.test(id) && id !== '__proto__';
    if (!fits || seen.has(id)) {
      problems.push({
        path: `${path}/id`,
        problem: 'must be a text of its own, of letters, digits and _ : . -',
      });
      return [];
    }
    seen.add(id);
    if (!['trigger', 'condition', 'action', 'delay'].includes(String(type)) || !isObject(data)) {
      problems.push({ path, problem: 'must be a trigger, condition, action or delay with its data' });
      return [];
    }
    return [{ id, type: String(type), data, path }];
  });
}

function readEdges(
  value: unknown,
  nodes: ReadonlyMap<string, CanvasNode>,
  problems: Problem[],
): CanvasEdge[] {
  if (!Array.isArray(value) || value.length > edgesMax) {
    problems.push({ path: '/graph/edges', problem: `must be a list of at most ${edgesMax} edges` });
    return [];
  }
  const taken = new Set<string>();
  return value.flatMap((one: unknown, index) => {
    const path = `/graph/edges/${index}`;
    const { source, target, sourceHandle } = isObject(one) ? one : {};
    const from = nodes.get(String(source));
    const to = nodes.get(String(target));
    if (!from || !to || to.type === 'trigger') {
      problems.push({ path, problem: 'must lead from a node to one that is no trigger' });
      return [];
    }
    const named = typeof sourceHandle === 'string' && sourceHandle !== '' && sourceHandle !== 'source';
    const plain = from.type === 'condition' ? 'true' : doneExit;
    const exit = from.type === 'trigger' ? doneExit : named ? String(sourceHandle) : plain;
    if (taken.has(`${from.id} ${exit}`)) {
      problems.push({
        path,
        problem: `is a second way out of ${from.id} by ${exit}: put one behind the other`,
      });
      return [];
    }
    taken.add(`${from.id} ${exit}`);
    return [{ source: from.id, target: to.id, exit }];
  });
}

function readTrigger(data: Json): { type: string; config: Json } {
  const { triggerType = 'all', filters, label: _, ...config } = data;
  const typed =
    config.keywords ??
    config.keyword ??
    (isObject(filters) ? (filters.keywords ?? filters.keyword) : undefined);
  const keywords = typeof typed === 'string' ? typed.split(',').map((word) => word.trim()) : typed;
  const words = Array.isArray(keywords) ? keywords.filter((word) => word !== '') : undefined;
  return { type: String(triggerType), config: { ...config, ...(words && { keywords: words }) } };
}

function readStep({ id, type, data }: CanvasNode): Omit<ProgramNode, 'next'> {
  const { label: _, config, actionType, ...own } = data;
  const fields = { ...own, ...(isObject(config) ? config : {}) };
  if (type === 'condition') return { id, kind: 'condition', config: fields };
  if (type === 'delay') return { id, kind: 'delay', config: fields };
  return { id, kind: typeof actionType === 'string' ? actionType : '', config: fields };
}

function reachedFrom(starts: readonly string[], nodes: readonly ProgramNode[]): Set<string> {
  const byId = new Map(nodes.map((node) => [node.id, node]));
  const reached = new Set<string>();
  const open = [...starts];
  for (let id = open.pop(); id !== undefined; id = open.pop()) {
    if (reached.has(id)) continue;
    reached.add(id);
    open.push(...Object.values(byId.get(id)?.next ?? {}));
  }
  return reached;
}

const waiting = ['delay', 'wait_reply', 'wait_until', 'wait_event'];

/** Circles in which nothing waits: a run in one would only turn. */
function circles(nodes: readonly (ProgramNode & { path: string })[]): Problem[] {
  const byId = new Map(nodes.map((node) => [node.id, node]));
  const state = new Map<string, 'open' | 'closed'>();
  const problems: Problem[] = [];
  for (const first of nodes) {
    const stack: { id: string; rest: string[] }[] = [];
    const enter = (id: string) => {
      const node = byId.get(id);
      if (!node || waiting.includes(node.kind) || state.get(id) === 'closed') return;
      if (state.get(id) === 'open') {
        problems.push({ path: node.path, problem: 'is in a circle in which nothing waits' });
        return;
      }
      state.set(id, 'open');
      stack.push({ id, rest: Object.values(node.next) });
    };
    enter(first.id);
    for (let top = stack.at(-1); top; top = stack.at(-1)) {
      const id = top.rest.pop();
      if (id !== undefined) enter(id);
      else {
        state.set(top.id, 'closed');
        stack.pop();
      }
    }
  }
  return problems;
}
