import { Webhook } from 'standardwebhooks';
import { afterAll, afterEach, beforeAll, expect, test } from 'vitest';
import { eventually } from '../../../test/kit/eventually.ts';
import { openSink, type Sink } from '../../../test/kit/sink.ts';
import { openHouse, type WebhookHouse } from './testing.ts';

let house: WebhookHouse;
let sink: Sink;

const create = async (path: string, more: object) => {
  const body = { url: `${sink.url}/${path}`, events: ['message.told'], ...more };
  const made = await house.call('POST', '/webhooks', body);
  expect(made.status).toBe(201);
  return made.body as { id: string; signingSecret: string; filters: object };
};
interface Told {
  id: string;
  data: { n: number; chatId: string };
}
/** The events of each request to a path. */
const lists = (path: string) =>
  sink.caught.filter((hit) => hit.path === `/${path}`).map((hit) => [JSON.parse(hit.text)].flat() as Told[]);
const numbers = (path: string) => lists(path).flatMap((list) => list.map(({ data }) => data.n));
const inOrder = (list: readonly number[]) => list.toSorted((a, b) => a - b);

beforeAll(async () => {
  house = await openHouse({ schedule: [0.05, 0.05, 0.05] });
  sink = await openSink();
});
afterEach(async () => {
  await house.database.database.db.deleteFrom('webhooks').execute();
  sink.caught.length = 0;
  sink.answer = () => 200;
});
afterAll(async () => {
  await sink.close();
  await house.stop();
});

const [person, group] = ['628111000001@c.us', '120363000000000001@g.us'];

test('filters choose messages; what an event does not say is not asked of it', async () => {
  await create('all', {});
  const chosen = {
    incoming: { direction: 'incoming' },
    groups: { chatKinds: ['group'] },
    images: { kinds: ['image'] },
    // Brazil: with and without the 9 it is the same person.
    chats: { chats: ['+62 811-1000-001', '55 11 98765 4321'] },
    phone: { origins: ['phone'] },
    uncampaigned: { exceptOrigins: ['broadcast'] },
    several: { direction: 'outgoing', chatKinds: ['user'], exceptOrigins: ['broadcast'] },
  };
  for (const [path, filters] of Object.entries(chosen)) await create(path, { filters });
  await create('other', { events: ['test.counted'], filters: chosen.images });
  await house.tell(
    { n: 1, chatId: person, type: 'text', direction: 'incoming' },
    { n: 2, chatId: group, type: 'image', direction: 'incoming' },
    { n: 3, chatId: person, type: 'image', direction: 'outgoing', origin: 'broadcast' },
    { n: 4, chatId: '551187654321@c.us', type: 'text', direction: 'outgoing', origin: 'phone' },
    { n: 5, chatId: '628111000009@c.us' },
  );
  await house.node.count({ organizationId: house.organizationId }, 9);
  await eventually(() => expect(numbers('all')).toHaveLength(5));
  await eventually(() => expect(sink.caught).toHaveLength(5 + 3 + 1 + 3 + 3 + 4 + 4 + 2 + 1));
  const heard = Object.fromEntries(Object.keys(chosen).map((path) => [path, inOrder(numbers(path))]));
  expect(heard).toEqual({
    incoming: [1, 2, 5],
    groups: [2],
    images: [2, 3, 5],
    chats: [1, 3, 4],
    phone: [1, 2, 4, 5],
    uncampaigned: [1, 2, 4, 5],
    several: [4, 5],
  });
  expect(numbers('other')).toEqual([9]);
});

test('a filter that is wrong is named, and what a client sends back as it was answered fits', async () => {
  const refuse = async (filters: object) => {
    const { status, body } = await house.call('POST', '/webhooks', {
      ...{ url: sink.url, events: ['*'], filters },
    });
    return [
      status,
      (body as { error: { details: { path: string }[] } }).error.details.map((one) => one.path),
    ];
  };
  expect(await refuse({ chats: ['+62 811-1000-001', 'nobody'], directions: 'incoming' })).toEqual([
    400,
    ['/filters/directions', '/filters/chats/1'],
  ]);
  expect(await refuse({ kinds: ['text', 'smell'] })).toEqual([400, ['/filters/kinds/1']]);
  expect(await refuse({ direction: 'sideways' })).toEqual([400, ['/filters/direction']]);
  const made = await create('x', { filters: { chats: ['0811-1000-001', '+628111000001'], kinds: [] } });
  expect(made.filters).toEqual({ chats: [person] });
  const put = async (filters: object | null) =>
    (await house.call('PUT', `/webhooks/${made.id}`, { filters })).body as { filters: unknown };
  expect((await put(made.filters)).filters).toEqual(made.filters);
  expect((await put(null)).filters).toBeNull();
});

test('a backlog comes as signed lists where the endpoint asks for them, each event once', async () => {
  const made = await create('lists', { batch: { max: 40 } });
  await create('single', {});
  sink.answer = ({ path, headers }) =>
    path === '/lists' && headers['x-multiwa-attempt'] === '1' ? 503 : 200;
  const messages = Array.from({ length: 100 }, (_, n) => ({ n, chatId: person }));
  await house.tell(...messages);
  await eventually(() => expect(numbers('single')).toHaveLength(100));
  const good = () => sink.caught.filter((hit) => hit.path === '/lists' && hit.answered === 200);
  await eventually(() =>
    expect(
      inOrder(good().flatMap((hit) => (JSON.parse(hit.text) as Told[]).map(({ data }) => data.n))),
    ).toEqual(messages.map(({ n }) => n)),
  );
  expect(good().length).toBeLessThan(40);
  for (const hit of sink.caught.filter(({ path }) => path === '/lists')) {
    const list = new Webhook(made.signingSecret).verify(hit.text, hit.headers as never) as Told[];
    expect([list.length <= 40, hit.headers['x-multiwa-event']]).toEqual([true, 'batch']);
    const same = sink.caught.filter(({ headers }) => headers['webhook-id'] === hit.headers['webhook-id']);
    expect(new Set(same.map(({ text }) => text)).size).toBe(1);
  }
  expect(lists('single').every((list) => list.length === 1)).toBe(true);
  sink.answer = () => 200;
  const tested = await house.call('POST', `/webhooks/${made.id}/test`);
  expect(tested.body).toMatchObject({ success: true });
  expect(sink.caught.at(-1)?.text).toMatch(/^\[\{.*"event":"test".*\}\]$/);
});

test.each([
  ['one by one', {}],
  ['in lists', { batch: { max: 7 } }],
])('where asked, a conversation comes in its order, %s, whatever fails', async (_, more) => {
  await create('ordered', { ordered: true, ...more });
  let requests = 0;
  const failed = new Set<number>();
  // The first attempt only: who fails three times is given up.
  sink.answer = ({ headers }) =>
    ++requests % 3 === 0 && headers['x-multiwa-attempt'] === '1' && failed.add(requests) ? 500 : 200;
  const chats = [person, group, '628111000003@c.us'];
  const messages = Array.from({ length: 60 }, (__, n) => ({ n, chatId: chats[n % 3] ?? person }));
  await house.tell(...messages);
  const arrived = () =>
    sink.caught
      .filter(({ answered }) => answered === 200)
      .flatMap(({ text }) => [JSON.parse(text)].flat() as Told[]);
  await eventually(() => expect(arrived()).toHaveLength(60));
  expect(failed.size).toBeGreaterThan(0);
  for (const chat of chats) {
    const numbersOf = arrived().flatMap(({ data }) => (data.chatId === chat ? data.n : []));
    expect(numbersOf).toEqual(messages.flatMap(({ n, chatId }) => (chatId === chat ? n : [])));
  }
});
