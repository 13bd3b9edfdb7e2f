import type { Json } from '../../../platform/db/json-column.ts';
import type { Definition } from './definition.ts';
import { readGraph } from './graph.ts';

/** A trigger or step with what it is told by, wherever it stands. */
interface Piece {
  id: string;
  kind: string;
  config: Json;
  next: Readonly<Record<string, string>>;
}

const changesMax = 100;
const shownMax = 40;
/** Fields that people read. */
const said = new Set(['message', 'text', 'caption', 'question', 'options', 'note', 'systemPrompt', 'value']);

/** What a publication changes, in words: for people who look at it before it counts. */
export function changesBetween(before: Definition, after: Definition): string[] {
  const words = [
    ...(before.kind === after.kind ? [] : [`makes a ${after.kind} of it`]),
    ...ofPieces('trigger', triggersOf(before), triggersOf(after)),
    ...ofPieces('step', stepsOf(before), stepsOf(after)),
    ...(same(waysOf(before), waysOf(after)) ? [] : ['leads steps elsewhere']),
    ...(same(before.conditions, after.conditions)
      ? []
      : [
          `changes its conditions: ${count(after.conditions.length, 'condition')} instead of ${before.conditions.length}`,
        ]),
    ...ofSettings(before.settings as Json, after.settings as Json),
  ];
  return words.slice(0, changesMax);
}

function ofPieces(name: string, before: readonly Piece[], after: readonly Piece[]): string[] {
  const old = new Map(before.map((piece) => [piece.id, piece]));
  const now = new Map(after.map((piece) => [piece.id, piece]));
  const changed = after.flatMap((piece) => {
    const was = old.get(piece.id);
    return was && !same([was.kind, was.config], [piece.kind, piece.config]) ? [{ was, piece }] : [];
  });
  const texts = changed.filter(({ was, piece }) => was.kind === piece.kind && isInTextsOnly(was, piece));
  const others = changed.filter((one) => !texts.includes(one));
  return [
    ...after.filter(({ id }) => !old.has(id)).map((piece) => `adds the ${name} ${shown(piece)}`),
    ...before.filter(({ id }) => !now.has(id)).map((piece) => `removes the ${name} ${shown(piece)}`),
    ...others.map(({ was, piece }) =>
      was.kind === piece.kind
        ? `changes the ${name} ${shown(piece)}`
        : `makes of the ${name} ${shown(was)} ${shown(piece)}`,
    ),
    ...(texts.length > 0 ? [`changes ${count(texts.length, 'text')}`] : []),
  ];
}

function isInTextsOnly(was: Piece, is: Piece): boolean {
  const names = new Set([...Object.keys(was.config), ...Object.keys(is.config)]);
  return [...names].every((name) => said.has(name) || same(was.config[name], is.config[name]));
}

function ofSettings(before: Json, after: Json): string[] {
  const names = [...new Set([...Object.keys(before), ...Object.keys(after)])].toSorted();
  const changed = names.filter((name) => !same(before[name], after[name]));
  return changed.length === 0 ? [] : [`changes the settings ${changed.join(', ')}`];
}

/** A piece as people find it again: its kind, and the beginning of what it says. */
function shown({ kind, config }: Piece): string {
  if (Array.isArray(config.cases)) return `${kind} with ${count(config.cases.length, 'case')}`;
  const about = ['message', 'text', 'question', 'keywords', 'pattern', 'value', 'variable', 'url']
    .map((name) => [config[name]].flat().filter((one) => typeof one === 'string' && one !== ''))
    .find((texts) => texts.length > 0);
  if (!about) return kind;
  const text = about.join(', ');
  return `${kind} “${text.length > shownMax ? `${text.slice(0, shownMax).toWellFormed()}…` : text}”`;
}

function triggersOf(definition: Definition): Piece[] {
  const { graph, triggerType, triggerConfig } = definition;
  if (!graph) return [{ id: '', kind: triggerType, config: triggerConfig, next: {} }];
  return readGraph(graph).triggers.map(({ type, config, path }) => ({
    ...{ id: idAt(graph, path), kind: type, config },
    next: {},
  }));
}

function stepsOf({ graph, actions }: Definition): Piece[] {
  if (graph) return readGraph(graph).nodes.map(({ id, kind, config, next }) => ({ id, kind, config, next }));
  return actions.map((action, index) => {
    const { type, config, ...own } = action ?? {};
    const inner = typeof config === 'object' && config !== null ? (config as Json) : {};
    return { id: String(index), kind: String(type ?? ''), config: { ...inner, ...own }, next: {} };
  });
}

/** From where to where the steps lead that are there before and after. */
const waysOf = ({ graph }: Definition): unknown =>
  graph
    ? readGraph(graph)
        .nodes.map(({ id, next }) => [id, Object.entries(next).toSorted()])
        .toSorted()
    : null;

function idAt({ nodes }: Json, path: string): string {
  const place = Number(path.split('/').at(-1));
  const node = Array.isArray(nodes) ? (nodes[place] as Json | undefined) : undefined;
  return String(node?.id ?? path);
}

const count = (n: number, name: string): string => `${n} ${name}${n === 1 ? '' : 's'}`;

/** Whatever the order of fields: the database has one of its own. */
const same = (a: unknown, b: unknown): boolean => JSON.stringify(ordered(a)) === JSON.stringify(ordered(b));

function ordered(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(ordered);
  if (typeof value !== 'object' || value === null) return value;
  return Object.fromEntries(
    Object.entries(value)
      .toSorted(([a], [b]) => (a < b ? -1 : 1))
      .map(([name, inner]) => [name, ordered(inner)]),
  );
}
