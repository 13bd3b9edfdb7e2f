import { afterAll, beforeAll, expect, test } from 'vitest';
import type { Client } from './client.ts';
import { type LedgerLine, TestSandbox } from './kit.ts';
import { until } from './until.ts';

const ANNA = '628620000001';
const BEN = '628620000002';
const STRANGERS = ['628620000011', '628620000012', '628620000013', '628620000014'] as const;
let kit: TestSandbox;
let anna: Client;

const limits = (body: unknown) => kit.ask('PUT', `/api/phones/${ANNA}/limits`, body);
const inAnHour = (): number => Math.floor(Date.now() / 1000) + 3600;

/** The code a message was acknowledged with; undefined: accepted. */
async function outcome(to: string): Promise<string | undefined> {
  const id = await anna.say(to, `hello ${to}`);
  return (await until('an ack', () => anna.acks.find((ack) => ack.id === id))).error;
}

beforeAll(async () => {
  kit = await TestSandbox.start();
  anna = await kit.linked(ANNA);
  for (const number of [BEN, ...STRANGERS]) await kit.post('/api/phones', { number });
  await kit.post(`/api/phones/${BEN}/messages`, { to: ANNA, type: 'text', text: 'we have a chat' });
  await anna.heard('we have a chat');
});
afterAll(() => kit.close());

test('an account that nobody restricts says so', async () => {
  expect(await anna.live.fetchAccountReachoutTimelock()).toMatchObject({ isActive: false });
  expect(await anna.live.fetchNewChatMessageCap()).toMatchObject({
    total_quota: null,
    capping_status: 'NONE',
  });
  expect((await kit.get(`/api/phones/${ANNA}/limits`)).body).toEqual({
    reachoutTimelock: null,
    capping: null,
  });
});

test('a reach-out timelock is pushed, refuses first messages with 463, and spares chats', async () => {
  const endsAt = inAnHour();
  const { body } = await limits({ reachoutTimelock: { endsAt, type: 'BIZ_QUALITY' } });
  expect(body).toEqual({ reachoutTimelock: { endsAt, type: 'BIZ_QUALITY' }, capping: null });
  const locked = {
    isActive: true,
    enforcementType: 'BIZ_QUALITY',
    timeEnforcementEnds: new Date(endsAt * 1000),
  };
  await until('the push', () =>
    anna.events.some(({ data }) => JSON.stringify(data).includes('"enforcementType":"BIZ_QUALITY"')),
  );
  expect(await anna.live.fetchAccountReachoutTimelock()).toEqual(locked);
  expect(await outcome(STRANGERS[0])).toBe('463');
  expect(await kit.seen(STRANGERS[0])).toEqual([]);
  expect(await outcome(BEN)).toBeUndefined();
  await until('delivered', async () => (await kit.seen(BEN)).length === 2);
});

test('a refused message may be sent again under its id once the timelock is lifted', async () => {
  const id = await anna.say(STRANGERS[1], 'first try');
  await until('refused', () => anna.acks.some((ack) => ack.id === id && ack.error === '463'));
  await limits({ reachoutTimelock: null });
  await until('the push', () =>
    anna.events.some(
      ({ name, data }) =>
        name === 'connection.update' && JSON.stringify(data).includes('"enforcementType":"DEFAULT"'),
    ),
  );
  await anna.say(STRANGERS[1], 'second try', id);
  await until('delivered', async () => (await kit.seen(STRANGERS[1]))[0]?.text === 'second try');
});

test('a timelock ends by itself', async () => {
  await limits({ reachoutTimelock: { endsAt: Math.floor(Date.now() / 1000) - 1 } });
  expect(await anna.live.fetchAccountReachoutTimelock()).toMatchObject({ isActive: false });
  expect((await kit.get(`/api/phones/${ANNA}/limits`)).body).toMatchObject({ reachoutTimelock: null });
});

test('a cap counts strangers, tells the client, and refuses those beyond it', async () => {
  await limits({ capping: { total: 2, used: 1 } });
  const told = () => anna.events.filter(({ name }) => name === 'message-capping.update').at(-1)?.data;
  await until('the push', () => told());
  expect(told()).toMatchObject({ total_quota: 2, used_quota: 1, capping_status: 'NONE' });
  expect(await outcome(STRANGERS[2])).toBeUndefined();
  await until('capped', () => JSON.stringify(told() ?? {}).includes('CAPPED'));
  expect(await anna.live.fetchNewChatMessageCap()).toMatchObject({ used_quota: 2, capping_status: 'CAPPED' });
  expect(await outcome(STRANGERS[3])).toBe('463');
  expect(await outcome(STRANGERS[2])).toBeUndefined();
});

test('limits outlive a restart, and go when they are lifted', async () => {
  await kit.restart();
  await anna.login();
  expect(await outcome(STRANGERS[3])).toBe('463');
  await limits({ capping: null });
  expect(await outcome(STRANGERS[3])).toBeUndefined();
});

test('what is not carried is answered with 501 at once, and the finding says just that', async () => {
  const { live } = anna;
  const pn = `${ANNA}@s.whatsapp.net`;
  const { id: group } = await live.groupCreate('Plain', [`${BEN}@s.whatsapp.net`]);
  const news = '120363000000000000@newsletter';
  const groups = async (): Promise<number> => (await kit.get<unknown[]>('/api/groups')).body.length;
  const found = async (): Promise<string[]> =>
    (await kit.get<{ entries: LedgerLine[] }>('/api/findings')).body.entries.map(({ type }) => type);
  const before = { groups: await groups(), findings: (await found()).length };
  const asked: [string, () => Promise<unknown>][] = [
    ['make a community', () => live.communityCreate('Village', 'All of us')],
    ['make a group of one', () => live.communityCreateGroup('Street', [], group)],
    ['leave one', () => live.communityLeave(group)],
    ['link a group', () => live.communityLinkGroup(group, group)],
    ['unlink a group', () => live.communityUnlinkGroup(group, group)],
    ['list linked groups', () => live.communityFetchLinkedGroups(group)],
    ['who joins one', () => live.communityJoinApprovalMode(group, 'on')],
    ['read a newsletter', () => live.newsletterFetchMessages(news, 5, 0, 0)],
    ['follow one live', () => live.subscribeNewsletterUpdates(news)],
    ['a catalogue', () => live.getCatalog({ jid: pn })],
    ['its collections', () => live.getCollections(pn)],
    ['an order', () => live.getOrderDetails('1', 'dG9rZW4=')],
    ['take products away', () => live.productDelete(['1'])],
    ['take a cover photo away', () => live.removeCoverPhoto('1')],
  ];
  for (const [what, ask] of asked) await expect(ask(), what).rejects.toMatchObject({ data: 501 });
  expect(await outcome(news)).toBe('501');
  await live.newsletterReactMessage(news, '1', '👍');
  expect(anna.acks.at(-1)?.error).toBe('501');
  expect(await groups()).toBe(before.groups);
  const named = (await found()).slice(before.findings);
  expect(named).toEqual(Array(asked.length + 2).fill('not-carried'));
  const nowhere = live.query({
    ...{ tag: 'iq', attrs: { to: '@g.us', type: 'set', xmlns: 'w:g2' } },
    content: [{ tag: 'leave', attrs: {}, content: [] }],
  });
  await expect(nowhere).rejects.toMatchObject({ data: 400 });
});

test('a query that this network does not know is answered with an error at once', async () => {
  const failure = await anna.live.newsletterMetadata('jid', '120363000000000000@newsletter').then(
    () => expect.unreachable('was answered'),
    (error) => error,
  );
  expect(failure.message).toContain('this network does not answer query');
  expect(failure.output.statusCode).toBe(501);
  const nonsense = anna.live.query({
    tag: 'iq',
    attrs: { to: '@s.whatsapp.net', type: 'get', xmlns: 'w:mex' },
    content: [{ tag: 'query', attrs: { query_id: '1' }, content: Buffer.from('{') }],
  });
  await expect(nonsense).rejects.toMatchObject({ data: 400 });
  expect((await limits({ capping: { total: -1 } })).status).toBe(400);
  expect((await limits({ reachoutTimelock: {} })).status).toBe(400);
  expect(kit.problems).toEqual([]);
});
