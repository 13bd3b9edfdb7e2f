import fc from 'fast-check';
import { expect, test } from 'vitest';
import type { Act, CheckTools, Scene } from './actions/action.ts';
import { actions } from './actions/actions.ts';
import { decide, problemsOfConditions } from './conditions/conditions.ts';
import type { Facts } from './match/facts.ts';
import { compile, type Definition } from './program/compile.ts';
import { cameWith } from './run/arrivals.ts';
import { firedBy, sourcesOf, step, stepsMax, verdictsOf } from './run/interpret.ts';
import type { RunState } from './run/state.ts';
import { triggers } from './triggers/triggers.ts';

const tools: CheckTools = { readSend: (_, content) => ({ fields: content as Record<string, unknown> }) };
const member = '0199d6a2-7b1c-7e52-9a51-0f6b0d2f3c11';

function factsOf(
  text: string,
  more: Partial<Facts['arrival']> & Partial<Omit<Facts, 'arrival'>> = {},
): Facts {
  const {
    person = null,
    isNew = false,
    now = new Date('2026-02-05T10:30:00Z'),
    timeZone = 'UTC',
    ...rest
  } = more;
  return {
    arrival: {
      ...{ messageId: 'm', waMessageId: 'w', conversationId: 'c', senderJid: '628123456789@c.us' },
      ...{ senderName: 'Sari', text, type: 'text', hasMedia: false, isGroup: false, timestamp: '' },
      ...rest,
    },
    ...{ person, isNew, isAssigned: false, vars: new Map(), now, timeZone },
  };
}
const vip = { name: 'Sari', phone: '628123456789', tags: ['vip'], metadata: { city: 'Köln' } };
const sceneOf = (facts: Facts): Scene => ({
  ...{ facts, sources: sourcesOf(facts), automation: { id: 'a', name: 'A' }, runId: 'r', profileId: 'p' },
});

test('every trigger of the contract fires for what it says, and for nothing else', () => {
  const rows: [string, object, string, Parameters<typeof factsOf>[1], boolean][] = [
    ['keyword', { keywords: ['price'] }, 'What PRICE?', {}, true],
    ['keyword', { keywords: ['price'], caseSensitive: true }, 'What PRICE?', {}, false],
    ['keyword', { keywords: ['a', 'hours'], matchMode: 'exact' }, ' Hours ', {}, true],
    ['keyword', { keywords: ['hours'], matchMode: 'exact' }, 'hours?', {}, false],
    ['keyword', { keywords: ['hi'], matchMode: 'startsWith' }, 'Hi there', {}, true],
    ['keyword', { keywords: ['there'], matchMode: 'startsWith' }, 'Hi there', {}, false],
    ['keyword', { keywords: ['there'], matchMode: 'endsWith' }, 'Hi there', {}, true],
    ['keyword', { keywords: ['open'], matchMode: 'word' }, 'Open?', {}, true],
    ['keyword', { keywords: ['open'], matchMode: 'word' }, 'reopened', {}, false],
    ['keyword', { keywords: ['你好'], matchMode: 'word' }, '你好世界', {}, true],
    ['keyword', { keywords: ['สวัสดี'], matchMode: 'word' }, 'สวัสดีครับ', {}, true],
    ['keyword', { keywords: ['ＰＲＩＣＥ'] }, 'price', {}, true],
    ['keyword', { keywords: ['price'], matchMode: 'nonsense' }, 'prices', {}, true],
    ['keyword', { keywords: [] }, 'anything', {}, false],
    ['regex', { pattern: '^order (\\d+)$' }, 'ORDER 12', {}, true],
    ['regex', { pattern: '^order (\\d+)$', flags: '' }, 'ORDER 12', {}, false],
    ['regex', { pattern: '(' }, '(', {}, false],
    ['new_contact', {}, 'hi', { isNew: true }, true],
    ['new_contact', {}, 'hi', { isNew: false }, false],
    ['message_type', { types: ['image'] }, '', { type: 'image' }, true],
    ['message_type', { types: ['image'] }, '', { type: 'text' }, false],
    ['message_type', { types: ['ptt'] }, '', { type: 'voice' }, true],
    ['all', {}, '', {}, true],
    ['all_messages', {}, '', {}, true],
    ['message.received', {}, '', {}, true],
    ['webhook', {}, 'x', {}, false],
    ['schedule', {}, 'x', {}, false],
    ['__proto__', {}, 'x', {}, false],
  ];
  for (const [type, config, text, more, fires] of rows) {
    const matched = triggers.get(type)?.matches(config as never, factsOf(text, more));
    expect([type, config, text, matched !== undefined]).toEqual([type, config, text, fires]);
  }
});

test('every condition of the contract holds for what it says; an unknown one never does', () => {
  const friday = new Date('2026-02-06T23:30:00Z');
  const rows: [object, string, Parameters<typeof factsOf>[1], boolean][] = [
    ...(
      [
        ['equals', 'hello', true],
        ['equals', 'hell', false],
        ['not_equals', 'hell', true],
        ['contains', 'ELL', true],
        ['not_contains', 'ell', false],
        ['startsWith', 'he', true],
        ['endsWith', 'he', false],
        ['nonsense', 'ell', true],
      ] as const
    ).map(([operator, value, held]) => [{ type: 'match_text', operator, value }, 'Hello', {}, held] as never),
    [{ type: 'match_text', value: 'HELLO', caseSensitive: true }, 'Hello', {}, false],
    [{ type: 'is_group', value: true }, '', { isGroup: true }, true],
    [{ type: 'is_group', value: true }, '', {}, false],
    [{ type: 'is_group', value: false }, '', {}, true],
    [{ type: 'not_group' }, '', { isGroup: true }, false],
    [{ type: 'is_private' }, '', {}, true],
    [{ type: 'message_type', types: ['image', 'text'] }, '', {}, true],
    [{ type: 'message_type', types: ['image'] }, '', {}, false],
    [{ type: 'time_range', startHour: 10, endHour: 11 }, '', {}, true],
    [{ type: 'time_range', startHour: 9, endHour: 10 }, '', {}, false],
    [{ type: 'time_range', startHour: 22, endHour: 6 }, '', { now: friday }, true],
    [{ type: 'time_range', startHour: 22, endHour: 6, timeZone: 'Asia/Jakarta' }, '', { now: friday }, false],
    [{ type: 'time_range', startHour: 17, endHour: 18 }, '', { timeZone: 'Asia/Jakarta' }, true],
    [{ type: 'day_of_week', days: [5] }, '', { now: friday }, true],
    [{ type: 'day_of_week', days: [5] }, '', { now: friday, timeZone: 'Asia/Jakarta' }, false],
    [{ type: 'contact_tag', tags: ['a', 'vip'] }, '', { person: vip }, true],
    [{ type: 'contact_tag', tags: ['vip'] }, '', {}, false],
    [{ type: 'any', conditions: [{ type: 'not_group' }, { type: 'who knows' }] }, '', {}, true],
    [{ type: 'not', conditions: [{ type: 'is_private' }] }, '', {}, false],
    [
      { type: 'field', field: 'contact.metadata.city', operator: 'equals', value: 'köln' },
      '',
      { person: vip },
      true,
    ],
    [
      { type: 'field', field: 'contact.metadata.constructor', operator: 'contains', value: 'f' },
      '',
      { person: vip },
      false,
    ],
    [{ type: 'field', field: 'message.text', operator: 'starts_with', value: 'he' }, 'hello', {}, true],
    [{ type: 'who knows' }, '', {}, false],
    [{ type: 'constructor' }, '', {}, false],
    [{}, '', {}, false],
    [null as never, '', {}, false],
  ];
  for (const [condition, text, more, held] of rows) {
    const verdict = decide(condition as never, factsOf(text, more));
    expect([condition, text, verdict.held]).toEqual([condition, text, held]);
    expect(verdict.why).not.toBe('');
  }
  const problems = problemsOfConditions(
    [{ type: 'who knows' }, { type: 'time_range', startHour: 25 }],
    '/conditions',
  );
  expect(problems.map(({ path }) => path)).toEqual([
    ...['/conditions/0/type', '/conditions/1/startHour', '/conditions/1/endHour'],
  ]);
});

test('every action of the contract comes to what it says, with variables filled in once', () => {
  const facts = factsOf('my {{name}}', { person: { ...vip, name: '{{phone}}' } });
  const send = (type: string, fields: object) => [{ do: 'send', type, fields }];
  const url = 'https://example.com/a';
  const rows: [Record<string, unknown>, Partial<Act> & Record<string, unknown>][] = [
    [
      { type: 'reply', message: 'Hi {{name}}: {{message}} {{date}} {{time}} {{who}} {{constructor}}' },
      {
        effects: send('text', { text: 'Hi {{phone}}: my {{name}} 2026-02-05 10:30 {{who}} {{constructor}}' }),
      },
    ],
    [{ type: 'send_text', text: '{phone}' }, { effects: send('text', { text: '628123456789' }) }],
    [
      { type: 'send_image', url, caption: '{{phone}}' },
      { effects: send('image', { url, caption: '628123456789' }) },
    ],
    [
      { type: 'send_video', base64: 'AA==', mimetype: 'video/mp4' },
      { effects: send('video', { base64: 'AA==', mimetype: 'video/mp4' }) },
    ],
    [{ type: 'send_audio', url, ptt: true }, { effects: send('voice', { url }) }],
    [{ type: 'send_audio', url }, { effects: send('audio', { url }) }],
    [{ type: 'send_document', url }, { effects: send('document', { filename: 'document', url }) }],
    [
      { type: 'send_poll', question: '{{phone}}?', options: ['a', 'b'] },
      { effects: send('poll', { question: '628123456789?', options: ['a', 'b'] }) },
    ],
    [{ type: 'send_location', latitude: 1 }, { effects: send('location', { latitude: 1, longitude: 0 }) }],
    [
      { type: 'send_contact', contactPhone: '62812' },
      { effects: send('contact', { contacts: [{ name: 'Contact', phone: '62812' }] }) },
    ],
    [{ type: 'add_tag', tags: ['a'] }, { effects: [{ do: 'tag', add: ['a'], remove: [] }] }],
    [
      { type: 'remove_tag', config: { tag: 'a, b' } },
      { effects: [{ do: 'tag', add: [], remove: ['a', 'b'] }] },
    ],
    [{ type: 'assign_agent', assignedUserId: member }, { effects: [{ do: 'assign', userId: member }] }],
    [
      { type: 'delay', seconds: 90 },
      { is: 'wait', for: 'time', ms: 90_000 },
    ],
    [
      { type: 'delay', duration: 2, unit: 'days' },
      { is: 'wait', ms: 172_800_000 },
    ],
    [{ type: 'stop_processing' }, { is: 'done' }],
    [{ type: 'ai_reply' }, { is: 'failed', code: 'AI_NOT_CONFIGURED' }],
    [{ type: 'handoff' }, { effects: [{ do: 'hand-over', hours: 12, userId: null }] }],
  ];
  for (const [action, expected] of rows) {
    const definition: Definition = {
      ...{ kind: 'rule', triggerType: 'all', triggerConfig: {}, conditions: [], actions: [action] },
      ...{ graph: null, settings: {} },
    };
    const { program, problems } = compile(definition, tools);
    expect([action, problems]).toEqual([action, []]);
    const done = step(program, '0', { vars: {}, visits: {} }, 0, sceneOf(facts));
    expect([action, done.act]).toEqual([action, expect.objectContaining(expected)]);
  }
  const call = actions.get('webhook')?.act({ url, method: 'GET' }, sceneOf(facts));
  expect(call).toMatchObject({ is: 'call', call: { url, method: 'GET', body: null } });
  const posted = actions.get('webhook')?.act({ url }, sceneOf(facts));
  expect(posted).toMatchObject({
    call: { method: 'POST', body: { automation: { id: 'a' }, message: { content: 'my {{name}}' } } },
  });
});

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

test('all conditions must hold, and each says whether it did', () => {
  const { program } = compile(
    {
      ...{ kind: 'rule', triggerType: 'all', triggerConfig: {}, actions: [], graph: null, settings: {} },
      conditions: [{ type: 'not_group' }, { type: 'contact_tag', tags: ['vip'] }],
    },
    tools,
  );
  expect(verdictsOf(program, factsOf('', { person: vip })).map(({ held }) => held)).toEqual([true, true]);
  expect(verdictsOf(program, factsOf(''))).toEqual([
    { type: 'not_group', held: true, why: 'It is no group.' },
    { type: 'contact_tag', held: false, why: 'The contact has none of the tags.' },
  ]);
});

test('only a fresh message of somebody else, in a chat or a group, may start anything', () => {
  const at = new Date('2026-02-05T10:00:00Z');
  const came = (message: object, conversation: object = {}) =>
    cameWith({
      ...{ id: 'e', name: 'message.received', position: 1, organizationId: 'o', profileId: 'p' },
      occurredAt: new Date(at.getTime() + 10_000),
      body: {
        message: {
          ...{ id: 'm', waMessageId: 'w', conversationId: 'c', direction: 'incoming', type: 'text' },
          ...{ senderJid: '62812@c.us', content: { text: 'hi' }, timestamp: at.toISOString(), ...message },
        },
        conversation: { id: 'c', jid: '62812@c.us', lidJid: '99@lid', ...conversation },
      },
    });
  expect(came({})).toMatchObject({
    chats: ['62812@c.us', '99@lid'],
    phone: '62812',
    arrival: { text: 'hi', isGroup: false },
  });
  expect(came({ type: 'image', content: { caption: 'look', media: {} } })?.arrival).toMatchObject({
    text: 'look',
    hasMedia: true,
  });
  expect(came({}, { jid: '120363@g.us' })).toMatchObject({
    who: ['120363@g.us 62812@c.us'],
    arrival: { isGroup: true },
  });
  const old = new Date(at.getTime() - 5 * 60_000).toISOString();
  for (const message of [
    { timestamp: old },
    { direction: 'outgoing' },
    { type: 'call' },
    { timestamp: 'x' },
  ]) {
    expect([message, came(message)]).toEqual([message, undefined]);
  }
  for (const jid of ['status@broadcast', '1@broadcast', '1@newsletter', '']) {
    expect([jid, came({}, { jid })]).toEqual([jid, undefined]);
  }
});
