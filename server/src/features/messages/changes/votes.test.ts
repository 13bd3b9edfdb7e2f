import { createHash, randomBytes } from 'node:crypto';
import { aesEncryptGCM, hmacSign, proto } from 'baileys';
import { afterAll, beforeAll, beforeEach, expect, test } from 'vitest';
import { type House, openHouse } from '../../../../test/house.ts';
import type { SandboxPhone } from '../../../../test/sandbox.ts';
import {
  type ConnectedProfile,
  connectedProfile,
  newCustomer,
  newTenant,
  type Tenant,
} from '../../../../test/tenant.ts';
import { until } from '../../../../test/until.ts';

let house: House;
let tenant: Tenant;
let profile: ConnectedProfile;
let customer: SandboxPhone;

beforeAll(async () => {
  house = await openHouse();
  tenant = await newTenant(house.api);
  profile = await connectedProfile(tenant, house.sandbox);
});
beforeEach(async () => {
  customer = await newCustomer(house.sandbox);
});
afterAll(() => house?.close());

const own = () => profile.phone.number;
const stored = (id: string) => tenant.key.get(`/messages/${id}`);
const came = (id: string) =>
  until('it came', async () => (await tenant.key.call('GET', `/messages/${id}`)).status === 200);
const tallyOf = async (id: string) =>
  (await stored(id)).votes.map(({ option, count }: any) => [option, count]);
const reads = (id: string, expected: unknown) =>
  until(`the votes of ${id}`, async () => JSON.stringify(await tallyOf(id)) === JSON.stringify(expected));
async function ask(options: string[], allowMultipleAnswers = false, to = customer.number) {
  const body = { profileId: profile.id, to, question: 'Which?', options, allowMultipleAnswers };
  const { data } = await tenant.key.call('POST', '/messages/poll', body, { prefer: 'wait=10' });
  return data;
}
const votes = (id: string, options: string[], by = customer, to = own()) =>
  by.writes(to, { type: 'vote', id, options });
async function told(messageId: string) {
  const { events } = await tenant.key.get('/events?event=message.poll_vote&limit=200');
  return events.map((one: any) => one.data).filter((data: any) => data.messageId === messageId);
}

const jidOf = ({ number }: SandboxPhone) => `${number}@s.whatsapp.net`;
const hash = (option: string) => createHash('sha256').update(option).digest();

/** Bytes that another program than the app may send. */
const raw = (message: proto.IMessage, id?: string) => ({
  ...{ type: 'raw', bytes: Buffer.from(proto.Message.encode(message).finish()).toString('base64') },
  ...(id && { id }),
});
function rawVote(pollId: string, creator: string, secret: Uint8Array, selectedOptions: Uint8Array[]) {
  const voter = jidOf(customer);
  const info = Buffer.concat([Buffer.from(`${pollId}${creator}${voter}Poll Vote`), Buffer.from([1])]);
  const key = hmacSign(info, hmacSign(secret, new Uint8Array(32)));
  const encIv = randomBytes(12);
  const plain = proto.Message.PollVoteMessage.encode({ selectedOptions }).finish();
  const encPayload = aesEncryptGCM(plain, key, encIv, Buffer.from(`${pollId}\u0000${voter}`));
  return raw({
    pollUpdateMessage: {
      pollCreationMessageKey: { id: pollId, remoteJid: creator },
      vote: { encPayload, encIv },
      senderTimestampMs: Date.now(),
    },
  });
}

test('a vote in a poll of ours is counted, changed and taken back, and told each time', async () => {
  const poll = await ask(['Rye', 'Wheat']);
  await votes(poll.waMessageId, ['Rye']);
  await reads(poll.messageId, [
    ['Rye', 1],
    ['Wheat', 0],
  ]);
  await votes(poll.waMessageId, ['Wheat']);
  await reads(poll.messageId, [
    ['Rye', 0],
    ['Wheat', 1],
  ]);
  const [, wheat] = (await stored(poll.messageId)).votes;
  expect(wheat.voters).toMatchObject([{ senderJid: `${customer.number}@c.us`, fromMe: false }]);
  await votes(poll.waMessageId, []);
  await reads(poll.messageId, [
    ['Rye', 0],
    ['Wheat', 0],
  ]);
  expect(await told(poll.messageId)).toMatchObject([
    { options: ['Rye'], from: `${customer.number}@c.us`, votes: [{ count: 1 }, { count: 0 }] },
    { options: ['Wheat'], votes: [{ count: 0 }, { count: 1 }] },
    { options: [], votes: [{ count: 0 }, { count: 0 }] },
  ]);
});

test('in a group everybody has a vote in the poll of a member, and its secret is shown nowhere', async () => {
  const others = [await newCustomer(house.sandbox), await newCustomer(house.sandbox)];
  const members = [own(), ...others.map(({ number }) => number)];
  const group = await house.sandbox.group(customer.number, 'Bakers', members, 'lid');
  const options = ['Rye', 'Wheat'];
  const id = await customer.writes(group, { type: 'poll', question: 'Which?', options, selectable: 0 });
  await came(id);
  for (const by of [customer, ...others]) await votes(id, ['Wheat'], by, group);
  await votes(id, ['Rye', 'Wheat'], others[0], group);
  await votes(id, ['Rye'], profile.phone, group);
  await reads(id, [
    ['Rye', 2],
    ['Wheat', 3],
  ]);
  const [rye] = (await stored(id)).votes;
  expect(rye.voters.filter(({ fromMe }: any) => fromMe)).toHaveLength(1);
  const { events } = await tenant.key.get('/events?limit=200');
  expect(JSON.stringify([await stored(id), events])).not.toMatch(/"(secret|sealed)"/);
});

test('a vote that comes before its poll waits for it', async () => {
  const [pollId, secret] = [`3EB0${randomBytes(9).toString('hex').toUpperCase()}`, randomBytes(32)];
  await customer.writes(own(), rawVote(pollId, jidOf(customer), secret, [hash('Rye')]));
  const options = ['Rye', 'Wheat'].map((optionName) => ({ optionName }));
  const pollCreationMessageV3 = { name: 'Which?', options, selectableOptionsCount: 1 };
  const message = { messageContextInfo: { messageSecret: secret }, pollCreationMessageV3 };
  await customer.writes(own(), raw(message, pollId));
  await came(pollId);
  await reads(pollId, [
    ['Rye', 1],
    ['Wheat', 0],
  ]);
});

test('a forged vote changes nothing and holds up nothing', async () => {
  const poll = await ask(['Rye', 'Wheat']);
  await votes(poll.waMessageId, ['Rye']);
  await reads(poll.messageId, [
    ['Rye', 1],
    ['Wheat', 0],
  ]);
  const { secret: text } = (
    await house.database.database.db
      .selectFrom('messages')
      .select('content')
      .where('id', '=', poll.messageId)
      .executeTakeFirstOrThrow()
  ).content;
  const secret = Buffer.from(String(text), 'base64');
  const forged = [
    rawVote(poll.waMessageId, jidOf(profile.phone), randomBytes(32), [hash('Wheat')]),
    rawVote(poll.waMessageId, jidOf(profile.phone), secret, [hash('Oat')]),
    rawVote(poll.waMessageId, jidOf(profile.phone), secret, [hash('Wheat'), hash('Rye')]),
    rawVote(poll.waMessageId, jidOf(profile.phone), secret, Array(10_000).fill(hash('Wheat'))),
    rawVote(poll.waMessageId, jidOf(profile.phone), secret, [randomBytes(0), randomBytes(900)]),
    raw({ pollUpdateMessage: { pollCreationMessageKey: { id: poll.waMessageId }, vote: {} } }),
  ];
  for (const one of forged) await customer.writes(own(), one);
  await came(await customer.sends(own(), 'after all that'));
  expect(await tallyOf(poll.messageId)).toEqual([
    ['Rye', 1],
    ['Wheat', 0],
  ]);
  await votes(poll.waMessageId, ['Wheat']);
  await reads(poll.messageId, [
    ['Rye', 0],
    ['Wheat', 1],
  ]);
});
