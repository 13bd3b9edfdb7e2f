import { sql } from 'kysely';
import sharp from 'sharp';
import { afterAll, beforeAll, beforeEach, expect, test } from 'vitest';
import { type House, openHouse } from '../../../../test/house.ts';
import { openSink, type Sink } from '../../../../test/kit/sink.ts';
import {
  type ConnectedProfile,
  connectedProfile,
  newCustomer,
  newTenant,
  type Tenant,
} from '../../../../test/tenant.ts';
import { until } from '../../../../test/until.ts';
import { bubble, type LocalTypebot, startTypebot } from './testing.ts';

let house: House;
let tenant: Tenant;
let profile: ConnectedProfile;
let typebot: LocalTypebot;
let sink: Sink;
let customer: Awaited<ReturnType<typeof newCustomer>>;
const picture = await sharp({ create: { width: 32, height: 24, channels: 3, background: '#a52' } })
  .jpeg()
  .toBuffer();

beforeAll(async () => {
  [house, typebot, sink] = await Promise.all([
    openHouse({ OUTBOUND_ALLOW: '127.0.0.1/32' }),
    startTypebot(),
    openSink(),
  ]);
  tenant = await newTenant(house.api);
  profile = await connectedProfile(tenant, house.sandbox);
  await set({ apiUrl: typebot.url, defaultBotId: 'bakery' });
});
afterAll(() => Promise.all([house?.close(), typebot?.close(), sink?.close()]));
beforeEach(async () => {
  customer = await newCustomer(house.sandbox, 'Sari');
  typebot.heard.length = 0;
  typebot.started.length = 0;
});

const set = (fields: object) => tenant.owner.put('/integrations/config', { typebot: fields });
const own = () => profile.phone.number;
const said = async () => (await customer.messages(own())).filter(({ fromMe }) => !fromMe);
/** Waits for what the bot says. */
async function hears(...wanted: string[]) {
  const texts = async () => (await said()).map(({ text }) => text);
  const isHeard = async () => JSON.stringify(await texts()) === JSON.stringify(wanted);
  await until('the bot has said it', isHeard, 10_000).catch(() => undefined);
  const { state } = (await tenant.owner.get('/integrations/config')).typebot;
  expect(await texts(), `${state.error}, ${state.waiting} waiting`).toEqual(wanted);
}
/** The last that came is this, and nothing is still to be looked at: the clock may be turned. */
async function lookedAt(text: string) {
  const last = async () =>
    (await tenant.key.get(`/messages/profile/${profile.id}?direction=incoming&limit=1`))[0];
  await until('it has come', async () => (await last())?.content.text === text);
  await until('all that happened is looked at', async () => {
    const { rows } = await sql<{
      is_over: boolean;
    }>`select not exists (select from events where position is null)
      and not exists (select from integration_tasks) and (select position from event_cursors
        where reader = 'integrations') >= (select last_position from event_log) as is_over`.execute(
      house.database.database.db,
    );
    return rows[0]?.is_over;
  });
}
const input = (type: string, more: object = {}) => ({ id: 'input', type, ...more });
const items = (...titles: string[]) => titles.map((content, index) => ({ id: `item-${index}`, content }));

test('a bot talks: marks, links and files of its bubbles, buttons as numbers, answers as choices', async () => {
  sink.answer = (_caught, response) => {
    response.writeHead(200, { 'content-type': 'image/jpeg' }).end(picture);
  };
  const rich = [
    {
      type: 'p',
      children: [
        { text: 'Hello ' },
        { text: 'Sari ', bold: true },
        { text: 'dear', italic: true, strikethrough: true },
      ],
    },
    { type: 'ul', children: [{ type: 'li', children: [{ type: 'lic', children: [{ text: 'one' }] }] }] },
    { type: 'p', children: [{ type: 'a', url: 'https://bakery.example', children: [{ text: 'our shop' }] }] },
  ];
  typebot.steps = [
    {
      messages: [
        { id: '1', type: 'text', content: { type: 'richText', richText: rich } },
        { id: '2', type: 'image', content: { url: `${sink.url}/bread.jpg` } },
        { id: '3', type: 'video', content: { type: 'youtube', id: 'abc123' } },
        { id: '4', type: 'embed', content: { url: 'https://maps.example/x' } },
        { id: '5', type: 'audio', content: { url: 'http://10.0.0.1/sound.mp3' } },
      ],
      input: input('choice input', { items: items('Rye', 'Wheat') }),
    },
    {
      messages: [],
      input: input('rating input', { options: { length: 5, labels: { left: 'bad', right: 'good' } } }),
    },
    { messages: [bubble('Bye')] },
  ];
  await customer.sends(own(), 'hi');
  const first = [
    'Hello *Sari* ~_dear_~\n- one\nour shop (https://bakery.example)',
    ...['', 'https://www.youtube.com/watch?v=abc123', 'https://maps.example/x'],
    ...['http://10.0.0.1/sound.mp3', '1. Rye\n2. Wheat'],
  ];
  await hears(...first);
  expect((await said())[1]?.type).toBe('image');
  expect(typebot.started).toEqual([
    expect.objectContaining({ phone: customer.number, name: 'Sari', message: 'hi', profileId: profile.id }),
  ]);
  await customer.sends(own(), '2');
  await hears(...first, '1 (bad) – 5 (good)');
  expect(typebot.heard[0]?.message).toEqual({ type: 'text', text: 'Wheat', metadata: { replyId: 'item-1' } });
  await customer.sends(own(), '4');
  await hears(...first, '1 (bad) – 5 (good)', 'Bye');
  expect(typebot.heard[1]?.message).toEqual({ type: 'text', text: '4' });
  const [last] = await tenant.key.get(`/messages/profile/${profile.id}?limit=1`);
  expect(last.origin).toEqual({ kind: 'typebot', id: 'bakery' });
});

test('a poll asks where it is wished, a file answers where one is asked for, pay is a link', async () => {
  await set({ choices: 'poll' });
  typebot.steps = [
    { messages: [bubble('Which bread?')], input: input('choice input', { items: items('Rye', 'Wheat') }) },
    { messages: [bubble('A picture?')], input: input('file input') },
    {
      input: input('payment input', {
        runtimeOptions: { amountLabel: '€5', publicKey: 'pk', paymentIntentSecret: 's' },
      }),
    },
  ];
  await customer.sends(own(), 'hi');
  const poll = await until('the poll is there', async () =>
    (await said()).find(({ type }) => type === 'poll'),
  );
  await customer.writes(own(), { type: 'vote', id: poll.id, options: ['Wheat'] });
  await until('it asks for a file', async () => (await said()).at(-1)?.text === 'A picture?');
  expect(typebot.heard[0]?.message).toMatchObject({ text: 'Wheat' });
  await customer.writes(own(), { type: 'image', data: picture.toString('base64'), mimetype: 'image/jpeg' });
  await until('it asks for money', async () => (await said()).at(-1)?.text.includes('€5'));
  expect((await said()).at(-1)?.text).toBe(`€5\n${typebot.url}/bakery`);
  const { attachedFileUrls } = typebot.heard[1]?.message ?? {};
  expect(await (await fetch(String((attachedFileUrls as string[])[0]))).arrayBuffer()).toHaveProperty(
    'byteLength',
  );
  await set({ choices: 'numbers' });
});

test('words begin and end it, a person who answers ends it, and silence ends it', async () => {
  typebot.steps = [
    { messages: [bubble('Name?')], input: input('text input') },
    { messages: [bubble('Age?')], input: input('number input') },
  ];
  await set({ startWords: ['menu'] });
  await customer.sends(own(), 'hello');
  await customer.sends(own(), ' MENU ');
  await hears('Name?');
  await customer.sends(own(), 'Sari');
  await hears('Name?', 'Age?');
  await customer.sends(own(), '/restart');
  await hears('Name?', 'Age?', 'Name?');
  await customer.sends(own(), '/stop');
  await customer.sends(own(), 'menu');
  await customer.sends(own(), '/restart');
  await hears('Name?', 'Age?', 'Name?', 'Name?');
  await tenant.owner.post('/messages/text', {
    profileId: profile.id,
    to: customer.number,
    text: 'I am a person',
  });
  await until('it has come', async () => (await said()).length === 5);
  await customer.sends(own(), 'Sari');
  await lookedAt('Sari');
  await set({ expireMinutes: 10 });
  house.clock.advance({ minutes: 11 });
  await customer.sends(own(), 'menu');
  await hears('Name?', 'Age?', 'Name?', 'Name?', 'I am a person', 'Name?');
  expect([typebot.started.length, typebot.heard.length]).toEqual([4, 1]);
  await set({ startWords: [] });
});

test('a server that fails, answers pages, hangs or forgets loses no answer and holds up nobody', async () => {
  typebot.steps = [
    { messages: [bubble('Name?')], input: input('text input') },
    { messages: [bubble('Bye')] },
  ];
  typebot.fault = 'html';
  await customer.sends(own(), 'hi');
  await hears('Name?');
  typebot.fault = 'hang';
  await customer.sends(own(), 'Sari');
  const other = await newCustomer(house.sandbox, 'Budi');
  await until('it is asked', () => typebot.fault === undefined);
  await other.sends(own(), 'hi');
  await until('the other is served', async () =>
    (await other.messages(own())).some(({ text }) => text === 'Name?'),
  );
  expect(await said()).toHaveLength(1);
  typebot.forget();
  await other.sends(own(), 'Budi');
  await until(
    'it begins anew',
    async () => (await other.messages(own())).filter(({ text }) => text === 'Name?').length === 2,
  );
});
