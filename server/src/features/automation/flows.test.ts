import fc from 'fast-check';
import { expect, test } from 'vitest';
import { compile } from './program/compile.ts';
import type { Definition } from './program/definition.ts';
import { firedBy, step, stepsMax } from './run/interpret.ts';
import type { RunState } from './run/state.ts';
import { factsOf, sceneOf, tools } from './testing-facts.ts';

const node = (id: string, type: string, data: object) => ({ id, type, data, position: { x: 0, y: 0 } });
const edge = (source: string, target: string, sourceHandle?: string) => ({
  id: `${source}${target}${sourceHandle}`,
  source,
  target,
  ...(sourceHandle && { sourceHandle }),
});
const flow = (nodes: object[], edges: object[]): Definition => ({
  ...{ kind: 'flow', triggerType: 'all', triggerConfig: {}, conditions: [], actions: [], settings: {} },
  graph: { nodes, edges },
});

test('the canvas of older servers becomes a flow that means the same', () => {
  const { program, problems } = compile(
    flow(
      [
        node('t', 'trigger', { label: 'T', triggerType: 'keyword', filters: { keyword: 'price, cost' } }),
        node('c', 'condition', {
          label: 'C',
          field: 'conversation.type',
          operator: 'not_equals',
          value: 'group',
        }),
        node('d', 'delay', { duration: 5, unit: 'minutes' }),
        node('a', 'action', { actionType: 'send_text', config: { text: 'Three euros, {{name}}.' } }),
        node('b', 'action', { actionType: 'add_tag', config: { tag: 'asked' } }),
      ],
      [edge('t', 'c'), edge('c', 'd'), edge('d', 'a'), edge('c', 'b', 'false')],
    ),
    tools,
  );
  expect(problems).toEqual([]);
  expect(firedBy(program, factsOf('the COST'))?.trigger).toMatchObject({ start: 'c' });
  expect(program.nodes.c?.next).toEqual({ true: 'd', false: 'b' });
  expect(program.nodes.a).toMatchObject({ kind: 'send_text', config: { text: 'Three euros, {{name}}.' } });
  expect(step(program, 'd', { vars: {}, visits: {} }, 0, sceneOf(factsOf(''))).act).toMatchObject({
    ms: 300_000,
  });
});

test('what is wrong with a flow is told for each node: circles, islands, exits, strange things', () => {
  const { problems } = compile(
    flow(
      [
        node('t', 'trigger', { triggerType: 'all' }),
        node('x', 'action', { actionType: 'reply', config: { message: 'a' } }),
        node('y', 'condition', { field: 'nobody', operator: 'is', value: 1 }),
        node('z', 'action', { actionType: 'dance' }),
        node('__proto__', 'action', {}),
      ],
      [edge('t', 'x'), edge('x', 'y'), edge('y', 'x', 'true'), edge('y', 'x', 'maybe'), edge('q', 'x')],
    ),
    tools,
  );
  const told = problems.map(({ path, problem }) => `${path} ${problem}`).join('\n');
  for (const words of [
    'in a circle',
    'can’t be reached',
    'no exit maybe',
    '/graph/nodes/3/type',
    '/graph/nodes/4/id',
    '/graph/edges/4',
    '/field must be',
    '/operator must be',
  ]) {
    expect(told).toContain(words);
  }
});

test('any graph ends within the ceilings, also kept and read back at every step', () => {
  const ids = ['n0', 'n1', 'n2', 'n3', 'n4'];
  const anyNode = fc.constantFrom(
    ...[
      { actionType: 'reply', config: { message: '{{x}}{{message}}' } },
      { actionType: 'delay', config: { seconds: 1 } },
    ],
    ...[
      { actionType: 'set_variable', config: { name: 'x', value: 'x{{x}}' } },
      { actionType: 'wait_reply', config: {} },
    ],
    ...[{ actionType: 'ai_reply' }, { actionType: 'nonsense' }, { actionType: 'end' }],
  );
  const anyEdge = fc.record({
    source: fc.constantFrom(...ids),
    target: fc.constantFrom(...ids),
    sourceHandle: fc.constantFrom('done', 'error', 'reply', 'timeout'),
  });
  const runOf = (definition: Definition, isKept: boolean) => {
    const { program } = compile(definition, tools);
    const said: unknown[] = [];
    let state: RunState = { vars: {}, visits: {} };
    let at: string | undefined = program.triggers[0]?.start ?? undefined;
    let count = 0;
    for (; at !== undefined && count <= stepsMax; count++) {
      const facts = { ...factsOf('hi'), vars: new Map(Object.entries(state.vars)) };
      const done = step(
        program,
        at,
        isKept ? JSON.parse(JSON.stringify(state)) : state,
        count,
        sceneOf(facts),
      );
      said.push([done.node.id, done.act, done.exit]);
      state = done.state;
      const isWait = done.act.is === 'wait';
      const exits = isWait ? ['done', 'timeout'] : [];
      at = isWait ? exits.map((exit) => done.node.next[exit]).find((id) => id !== undefined) : done.next;
    }
    return { said, count };
  };
  fc.assert(
    fc.property(
      fc.array(anyNode, { minLength: 5, maxLength: 5 }),
      fc.array(anyEdge, { maxLength: 12 }),
      (kinds, edges) => {
        const nodes = [
          node('t', 'trigger', { triggerType: 'all' }),
          ...kinds.map((data, index) => node(`n${index}`, 'action', data)),
        ];
        const definition = flow(nodes, [edge('t', 'n0'), ...edges]);
        const plain = runOf(definition, false);
        expect(plain.count).toBeLessThanOrEqual(ids.length * 10 + 1);
        expect(runOf(definition, true)).toEqual(plain);
      },
    ),
    { numRuns: 150 },
  );
});
