import { SessionRecord } from '@multiwa/signal';
import { BufferJSON } from 'baileys';
import { afterAll, beforeAll, expect, test } from 'vitest';
import type { Client } from './client.ts';
import { type LedgerLine, TestSandbox } from './kit.ts';
import { until } from './until.ts';

const ANNA = '628333000001';
const BEN = '628333000002';
const CARL = '628333000003';
let kit: TestSandbox;
let anna: Client;

beforeAll(async () => {
  kit = await TestSandbox.start();
  await kit.post('/api/phones', { number: CARL });
  anna = await kit.linked(ANNA, { retryRequestDelayMs: 10 });
});
afterAll(() => kit.close());

/** How many sessions a client keeps with the phone of somebody. */
async function sessionsWith(client: Client, number: string): Promise<number> {
  const { lid } = (await kit.get<{ lid: string }>(`/api/phones/${number}`)).body;
  const kept = client.keys.entries.get(`session ${lid}_1.0`);
  return kept ? SessionRecord.deserialize(JSON.parse(kept, BufferJSON.reviver)).count : 0;
}

test('a phone that has told its companion something reads at once what that one writes', async () => {
  const ben = await kit.linked(BEN);
  const seen = (number: string) => kit.ledger(`kind=seen&number=${number}`);
  const id = await anna.say(CARL, 'right after the first sync');
  await until('the copy', async () => {
    // While mail keeps coming phones put off reading.
    await ben.say(CARL, 'noise');
    return (await seen(ANNA)).some((line) => line.messageId === id);
  });
  expect(await seen(CARL)).toEqual([]);
});

test('a phone tells a companion whose messages it could not read so on a session of its own', async () => {
  const isTold = ({ direction, flags, tag }: LedgerLine) =>
    direction === 'out' && tag === 'message' && flags.includes('peer');
  const told = async () => (await kit.ledger(`number=${ANNA}&kind=stanza`)).filter(isTold);
  /** Anna's client asks its phone for a message; gives how the answer was encrypted. */
  const answerFor = async (id: string): Promise<string> => {
    const before = (await told()).length;
    await anna.live.requestPlaceholderResend({ remoteJid: `${CARL}@s.whatsapp.net`, id, fromMe: true });
    const { enc } = await until('the answer', async () => (await told())[before]);
    await anna.caughtUp();
    return enc;
  };
  const copied = async (text: string): Promise<string> => {
    const id = await anna.say(CARL, text);
    await until('the copy', async () => (await kit.seen(ANNA, CARL)).some((message) => message.id === id));
    return id;
  };
  expect(await answerFor(await copied('readable'))).toBe('msg');
  await kit.fault({ name: 'forget-sessions', number: ANNA });
  const id = await copied('not readable at first');
  expect((await kit.ledger(`messageId=${id}&kind=undecryptable`)).length).toBe(1);
  expect(await answerFor(id)).toBe('pkmsg');
});

test('what a client asks a phone for again comes on one new session, however much it is', async () => {
  const texts = Array.from({ length: 20 }, (_, index) => `lost ${index}`);
  await kit.post(`/api/phones/${CARL}/messages`, { to: ANNA, type: 'text', text: 'hello' });
  await anna.heard('hello');
  await anna.say(CARL, 'so the session is settled');
  await until('the answer', async () =>
    (await kit.seen(CARL, ANNA)).some(({ text }) => /settled/.test(text)),
  );
  await anna.caughtUp();
  await anna.end();
  for (const text of texts) await kit.post(`/api/phones/${CARL}/messages`, { to: ANNA, type: 'text', text });
  anna.keys.forget('session');
  await anna.login();
  for (const text of texts) await anna.heard(text);
  await anna.caughtUp();
  expect(await sessionsWith(anna, CARL)).toBe(1);
});
