import { expect, test } from 'vitest';
import type { Act } from './actions/action.ts';
import { actions } from './actions/actions.ts';
import { decide, problemsOfConditions } from './conditions/conditions.ts';
import { noPast } from './match/facts.ts';
import { compile } from './program/compile.ts';
import type { Definition } from './program/definition.ts';
import { cameWith } from './run/arrivals.ts';
import { step, verdictsOf } from './run/interpret.ts';
import { factsOf, sceneOf, tools, vip } from './testing-facts.ts';
import { triggers } from './triggers/triggers.ts';

const member = '0199d6a2-7b1c-7e52-9a51-0f6b0d2f3c11';

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
    ['no_reply', { minutes: 1 }, 'x', {}, false],
    [
      'first_message',
      { days: 30 },
      'x',
      { past: { ...noPast, inAt: new Date('2026-01-01T00:00:00Z') } },
      true,
    ],
    [
      'first_message',
      { days: 60 },
      'x',
      { past: { ...noPast, inAt: new Date('2026-01-01T00:00:00Z') } },
      false,
    ],
    ['button', {}, 'Rye', { type: 'choice' }, true],
    ['button', { ids: ['r1'] }, 'Rye', { type: 'choice', choiceId: 'r1' }, true],
    ['button', { texts: ['wheat'] }, 'Rye', { type: 'choice' }, false],
    ['event', { event: 'broadcast.replied' }, 'x', { past: { ...noPast, outOrigin: 'broadcast' } }, true],
    ['event', { event: 'broadcast.replied' }, 'x', {}, false],
    ['reaction', {}, '👍', { happened: { event: 'reaction', about: { emoji: '👍' } } }, true],
    [
      'reaction',
      { emojis: ['👎'] },
      '👍',
      { happened: { event: 'reaction', about: { emoji: '👍' } } },
      false,
    ],
    [
      'poll_vote',
      { options: ['rye'] },
      '',
      { happened: { event: 'poll_vote', about: { options: ['Rye'] } } },
      true,
    ],
    [
      'event',
      { event: 'tag.added', tags: ['VIP'] },
      '',
      { happened: { event: 'tag.added', about: { tags: ['vip'] } } },
      true,
    ],
    [
      'event',
      { event: 'tag.added' },
      '',
      { happened: { event: 'tag.removed', about: { tags: ['vip'] } } },
      false,
    ],
    ['event', { event: 'constructor' }, '', { happened: { event: 'constructor', about: {} } }, false],
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
    ...(
      [
        ['time', 'after', '10:00', true],
        ['time', 'before', '10:30', false],
        ['date', 'before', '2026-03-01', true],
        ['contact.phone', 'in', ['1', '628123456789'], true],
        ['contact.metadata.age', 'exists', undefined, false],
        ['contact.metadata.city', 'not_exists', undefined, false],
        ['conversation.lastReplyAgo', 'lt', 3_600, true],
        ['conversation.lastReplyAgo', '>', '3600', false],
        ['conversation.lastReplyAgo', 'between', [0, 1_800], true],
        ['contact.name', 'lt', 3, false],
        ['conversation.handling', 'equals', 'bot', true],
      ] as const
    ).map(
      ([field, operator, value, held]) =>
        [
          { type: 'field', field, operator, value },
          '',
          { person: vip, past: { ...noPast, outAt: new Date('2026-02-05T10:00:00Z') } },
          held,
        ] as never,
    ),
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
    // At half past ten on a Thursday.
    [
      { type: 'wait_until', time: '11:00' },
      { is: 'wait', ms: 1_800_000 },
    ],
    [
      { type: 'wait_until', time: '10:30', days: [5] },
      { is: 'wait', ms: 86_400_000 },
    ],
    [
      { type: 'random', weights: [1, 1e-9] },
      { is: 'done', exit: 'case:0' },
    ],
    [
      { type: 'delay', duration: 2, unit: 'days' },
      { is: 'wait', ms: 172_800_000 },
    ],
    [{ type: 'stop_processing' }, { is: 'done' }],
    [
      { type: 'ai_reply', systemPrompt: 'Be kind.' },
      { is: 'call', call: { ask: 'reply', text: 'my {{name}}', systemPrompt: 'Be kind.', provider: null } },
    ],
    [
      { type: 'ai_classify', labels: ['order', 'other'] },
      {
        is: 'call',
        call: { ask: 'classify', text: 'my {{name}}', labels: ['order', 'other'], systemPrompt: null },
      },
    ],
    [{ type: 'ai_sentiment' }, { is: 'call', call: { ask: 'sentiment', text: 'my {{name}}' } }],
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

test('a condition with others inside says of each whether it held, at any depth', () => {
  const vipInPrivate = {
    type: 'all',
    conditions: [{ type: 'not_group' }, { type: 'contact_tag', tags: ['vip'] }],
  };
  const condition = { type: 'any', conditions: [{ type: 'is_group', value: true }, vipInPrivate] };
  expect(decide(condition, factsOf('', { person: vip }))).toMatchObject({
    ...{ type: 'any', held: true },
    inside: [
      { type: 'is_group', held: false, why: 'It is no group.' },
      {
        ...{ type: 'all', held: true },
        inside: [
          { type: 'not_group', held: true },
          { type: 'contact_tag', held: true, why: 'The contact has vip.' },
        ],
      },
    ],
  });
  expect(decide(condition, factsOf('')).held).toBe(false);
  expect(decide({ type: 'all', conditions: [] }, factsOf('')).held).toBe(false);
  const branch = {
    cases: [{ conditions: [{ type: 'is_group', value: true }] }, { conditions: [condition] }, {}],
  };
  const act = actions.get('branch')?.act(branch, sceneOf(factsOf('', { person: vip })));
  expect(act).toMatchObject({ exit: 'case:1', data: { cases: [{ held: false }, { held: true }] } });
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
