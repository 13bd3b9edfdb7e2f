import { afterAll, beforeAll, expect, test } from 'vitest';
import type { Client } from './client.ts';
import { TestSandbox } from './kit.ts';
import { until } from './until.ts';

const ANNA = '628590000001';
const BEN = '628590000002';
const EVE = '628590000003';
const jid = (number: string): string => `${number}@s.whatsapp.net`;
let kit: TestSandbox;
let anna: Client;
let ben: Client;

const settings = (number: string, body: unknown) => kit.ask('PUT', `/api/phones/${number}/privacy`, body);
const say = (from: string, to: string, text: string) =>
  kit.post<{ id: string }>(`/api/phones/${from}/messages`, { to, type: 'text', text });

function change(client: Client, attrs: Record<string, string>, users: Record<string, string>[] = []) {
  const content = users.map((user) => ({ tag: 'user', attrs: user }));
  const category = { tag: 'category', attrs, content };
  return client.live.query({
    tag: 'iq',
    attrs: { to: '@s.whatsapp.net', type: 'set', xmlns: 'privacy' },
    content: [{ tag: 'privacy', attrs: {}, content: [category] }],
  });
}

beforeAll(async () => {
  kit = await TestSandbox.start();
  [anna, ben] = await Promise.all([kit.linked(ANNA), kit.linked(BEN)]);
  await kit.post('/api/phones', { number: EVE });
});
afterAll(() => kit.close());

test('a client sees everything open at first, changes each setting, and reads it back', async () => {
  const { live } = anna;
  expect(await live.fetchPrivacySettings(true)).toEqual({
    ...{ last: 'all', online: 'all', profile: 'all', status: 'all', readreceipts: 'all' },
    ...{ groupadd: 'all', calladd: 'all', messages: 'all', defense: 'off' },
  });
  await live.updateLastSeenPrivacy('contacts');
  await live.updateOnlinePrivacy('match_last_seen');
  await live.updateProfilePicturePrivacy('none');
  await live.updateStatusPrivacy('contact_blacklist');
  await live.updateReadReceiptsPrivacy('none');
  await live.updateGroupsAddPrivacy('contacts');
  await live.updateCallPrivacy('known');
  await live.updateMessagesPrivacy('contacts');
  const changed = {
    ...{ last: 'contacts', online: 'match_last_seen', profile: 'none', status: 'contact_blacklist' },
    ...{ readreceipts: 'none', groupadd: 'contacts', calladd: 'known', messages: 'contacts', defense: 'off' },
  };
  expect(await live.fetchPrivacySettings(true)).toEqual(changed);
  await kit.restart();
  expect((await kit.get(`/api/phones/${ANNA}/privacy`)).body).toEqual({ ...changed, except: {} });
  await Promise.all([anna.login(), ben.login()]);
});

test('the other companions hear of a change', async () => {
  const laptop = await kit.linked(ANNA);
  await anna.live.updateLastSeenPrivacy('all');
  await until('the notification', async () =>
    (await kit.ledger(`number=${ANNA}`)).some(
      (line) => line.device === 2 && line.type === 'account_sync' && line.flags.includes('privacy'),
    ),
  );
  await laptop.end();
});

test('who a client writes to gets the token that lets them write back, under the LID', async () => {
  const lid = anna.creds.me?.lid?.replace(/:\d+/, '') ?? '';
  const token = () => ben.keys.get('tctoken', [lid])[lid]?.token;
  expect(token()).toBeUndefined();
  await anna.say(BEN, 'you may answer');
  expect(await until('the token', token)).not.toHaveLength(0);
});

test('a setting or value that does not exist is refused and changes nothing', async () => {
  for (const attrs of [
    { name: 'last', value: 'sometimes' },
    { name: 'mood', value: 'all' },
    { name: 'last' },
  ]) {
    await expect(change(anna, attrs)).rejects.toMatchObject({ data: 400, message: 'bad-request' });
  }
  expect(await anna.live.fetchPrivacySettings(true)).toMatchObject({ last: 'all' });
  expect((await settings(ANNA, { last: 'sometimes' })).status).toBe(400);
  expect((await settings(ANNA, { mood: 'all' })).status).toBe(400);
  expect((await settings(ANNA, { except: { mood: [BEN] } })).status).toBe(400);
});

test('people left out of contact_blacklist are added and removed by clients', async () => {
  const of = async (): Promise<unknown> =>
    (await kit.get<{ except: unknown }>(`/api/phones/${ANNA}/privacy`)).body.except;
  await change(anna, { name: 'status', value: 'contact_blacklist' }, [{ jid: jid(BEN), action: 'add' }]);
  expect(await of()).toEqual({ status: [BEN] });
  await change(anna, { name: 'status', value: 'contact_blacklist' }, [{ jid: jid(BEN), action: 'remove' }]);
  expect(await of()).toEqual({});
});

test('with read receipts off nobody is told of reading, and reading of others is not told', async () => {
  await settings(ANNA, { messages: 'all', readreceipts: 'none' });
  const id = await ben.say(ANNA, 'have you read this?');
  const heard = await anna.heard('have you read this?');
  await anna.live.readMessages([heard.key]);
  await kit.post(`/api/phones/${ANNA}/read`, { chat: BEN });
  const answer = await anna.say(BEN, 'perhaps');
  const received = await ben.heard('perhaps');
  await ben.live.readMessages([received.key]);
  await until('the receipt reached the network', async () =>
    (await kit.ledger(`number=${BEN}&messageId=${answer}`)).some(
      (line) => line.direction === 'in' && line.type === 'read',
    ),
  );
  await Promise.all([anna.caughtUp(), ben.caughtUp()]);
  expect(ben.statuses.filter((each) => each.id === id).every(({ status }) => status < 4)).toBe(true);
  expect(anna.statuses.filter((each) => each.id === answer).every(({ status }) => status < 4)).toBe(true);
  await settings(ANNA, { readreceipts: 'all' });
  const again = await ben.say(ANNA, 'and now?');
  await anna.heard('and now?');
  await kit.post(`/api/phones/${ANNA}/read`, { chat: BEN });
  await ben.reaches(again, 4);
});

test('whoever is written to is given a token of the sender, and the client keeps it', async () => {
  const lid = anna.creds.me?.lid?.replace(/:\d+@/, '@') ?? '';
  ben.keys.forget('tctoken');
  const token = { tag: 'token', attrs: { jid: jid(BEN), t: '1800000000', type: 'trusted_contact' } };
  const ask = { tag: 'tokens', attrs: {}, content: [{ ...token, content: Buffer.from('a token') }] };
  const attrs = { to: '@s.whatsapp.net', type: 'set', xmlns: 'privacy' };
  await anna.live.query({ tag: 'iq', attrs, content: [ask] });
  const kept = await until('the token', () => ben.keys.get('tctoken', [lid])[lid]);
  expect(Buffer.from(kept.token).toString()).toBe('a token');
});

test('a stranger’s message to somebody who takes contacts only is accepted and kept away', async () => {
  await settings(EVE, { messages: 'contacts' });
  const id = await ben.say(EVE, 'you do not know me');
  await until('acknowledged', () => ben.acks.some((ack) => ack.id === id && ack.error === undefined));
  expect(await kit.ledger(`messageId=${id}&kind=blocked`)).toMatchObject([
    { number: BEN, flags: 'unwanted' },
  ]);
  expect(await kit.seen(EVE)).toEqual([]);
  await say(EVE, BEN, 'now I do');
  await ben.heard('now I do');
  await ben.say(EVE, 'thank you');
  await until('delivered', async () => (await kit.seen(EVE, BEN)).some(({ text }) => text === 'thank you'));
  expect(kit.problems).toEqual([]);
});
