import type { BinaryNode } from 'baileys';
import { afterAll, beforeAll, expect, test } from 'vitest';
import type { Client } from './client.ts';
import { TestSandbox } from './kit.ts';
import { until } from './until.ts';

const ANNA = '628640000001';
const BEN = '628640000002';
const jid = (number: string): string => `${number}@s.whatsapp.net`;
let kit: TestSandbox;
let anna: Client;
let ben: Client;

const node = (
  tag: string,
  attrs: Record<string, string> = {},
  content?: BinaryNode['content'],
): BinaryNode => (content === undefined ? { tag, attrs } : { tag, attrs, content });

const bytes = Buffer.from('nonsense');
const long = 'x'.repeat(5000);

/** Children that a query of each xmlns does not expect. */
const odd: BinaryNode['content'][] = [
  undefined,
  bytes,
  [node('nothing')],
  [node('picture')],
  [node('picture', { type: 'image' }, [node('x')])],
  [node('picture', { type: 'preview' }, bytes)],
  [node('status', {}, Buffer.from([0xff, 0xfe, 0x00]))],
  [node('disappearing_mode', { duration: 'NaN' })],
  [node('disappearing_mode')],
  [
    node('business_profile', {}, [
      node('profile', { jid: 'a b' }),
      node('profile'),
      node('profile', { jid: long }),
    ]),
  ],
  [node('business_profile', { v: '3' }, [node('business_hours', {}, [node('business_hours_config')])])],
  [node('privacy', {}, [node('category')])],
  [node('privacy', {}, [node('category', { name: '__proto__', value: 'all' })])],
  [node('privacy', {}, [node('category', { name: 'constructor', value: 'all' })])],
  [
    node('privacy', {}, [
      node('category', { name: 'last', value: 'all' }, [node('user'), node('user', { jid: long })]),
    ]),
  ],
  [node('tokens', {}, [node('token'), node('token', { jid: jid(BEN) }, [node('x')])])],
  [node('item')],
  [node('item', { jid: jid(ANNA), action: 'block' })],
  [node('item', { jid: '120363000000000000@g.us', action: 'block' })],
  [node('query', { query_id: long }, Buffer.from('{}'))],
  [node('query', {}, Buffer.from('[1'))],
  [node('query', { query_id: '23983697327930364' })],
];
const XMLNS = [
  'w:profile:picture',
  'status',
  'disappearing_mode',
  'bot',
  'w:biz',
  'privacy',
  'blocklist',
  'w:mex',
];

beforeAll(async () => {
  kit = await TestSandbox.start();
  [anna, ben] = await Promise.all([kit.linked(ANNA), kit.linked(BEN)]);
});
afterAll(() => kit.close());

test('every odd query about people is answered, with a result or an error', async () => {
  for (const xmlns of XMLNS) {
    for (const type of ['get', 'set']) {
      for (const target of [undefined, 'a b', '@s.whatsapp.net', '0@lid', long]) {
        const attrs = { xmlns, type, to: '@s.whatsapp.net', ...(target !== undefined && { target }) };
        const contents = target === undefined ? odd : odd.slice(0, 5);
        const answers = await Promise.allSettled(
          contents.map((content) => anna.live.query(structuredClone(node('iq', attrs, content)), 5000)),
        );
        for (const answer of answers) {
          if (answer.status === 'rejected')
            expect([400, 401, 403, 404, 406, 413]).toContain(answer.reason.data);
          else expect(answer.value, JSON.stringify(attrs)).toBeDefined();
        }
      }
    }
  }
});

test('odd presence, typing and calls harm nobody, and odd calls are acknowledged', async () => {
  const inner: BinaryNode['content'][] = [
    undefined,
    bytes,
    [node('composing', { media: long })],
    [node('offer')],
  ];
  for (const to of [
    undefined,
    'a b',
    '@s.whatsapp.net',
    jid(BEN),
    jid(ANNA),
    '1@g.us',
    'status@broadcast',
    long,
  ]) {
    const named = to === undefined ? {} : { to };
    for (const content of inner) {
      await anna.live.sendNode(node('presence', { ...named, type: 'subscribe' }, content));
      await anna.live.sendNode(node('presence', { ...named, type: 'dancing' }, content));
      await anna.live.sendNode(node('chatstate', named, content));
      expect(await anna.live.query(node('call', named, content), 5000)).toMatchObject({ tag: 'ack' });
    }
    const offer = node(
      'offer',
      { 'call-id': `C${XMLNS.length}${to?.length}`, type: 'group', 'group-jid': long },
      [
        node('destination', {}, [
          node('to'),
          node('to', { jid: `${BEN}:1@s.whatsapp.net` }, [node('enc', {}, bytes)]),
        ]),
        node('destination', {}, bytes),
      ],
    );
    expect(await anna.live.query(node('call', named, [offer]), 5000)).toMatchObject({ tag: 'ack' });
  }
  for (const media of ['', 'smell', long]) {
    const link = await anna.live.query(node('call', { to: '@call' }, [node('link_create', { media })]), 5000);
    expect(link.attrs.error).toBe('400');
  }
});

test('after all of that people talk to each other as before', async () => {
  await ben.say(ANNA, 'still there?');
  await anna.heard('still there?');
  await anna.say(BEN, 'of course');
  await ben.heard('of course');
  await until('nothing left over', async () => (await kit.get(`/api/phones/${ANNA}`)).status === 200);
  expect(kit.problems).toEqual([]);
});
