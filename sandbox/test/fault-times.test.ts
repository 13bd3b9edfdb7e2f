import { afterAll, afterEach, beforeAll, expect, test } from 'vitest';
import { TestSandbox } from './kit.ts';
import { until } from './until.ts';

const ANNA = '628663000001';
const BEN = '628663000002';
let kit: TestSandbox;

beforeAll(async () => {
  kit = await TestSandbox.start();
  await kit.post('/api/phones', { number: BEN });
});
afterEach(() => kit.ask('DELETE', '/api/faults'));
afterAll(() => kit.close());

const inForce = async () => (await kit.get<unknown[]>('/api/faults')).body;

test('a fault strikes in its window, and neither before nor after', async () => {
  const anna = await kit.settled(ANNA);
  const codeOf = async (text: string) => {
    const id = await anna.say(BEN, text);
    return (await until('the ack', () => anna.acks.find((ack) => ack.id === id))).error;
  };
  await codeOf('warm');
  const refuse = { name: 'refuse-message', number: ANNA, count: 100 };
  const later = await kit.fault({ ...refuse, code: 479, afterMs: 1500 });
  expect(await codeOf('before')).toBeUndefined();
  await until('its beginning', () => Date.now() > later.startsAt);
  expect(await codeOf('within')).toBe('479');
  await kit.ask('DELETE', '/api/faults');
  const short = await kit.fault({ ...refuse, forMs: 100 });
  expect(short.endsAt).toBe(short.startsAt + 100);
  await until('its end', async () => (await inForce()).length === 0);
  expect(await codeOf('after')).toBeUndefined();
  await anna.end();
});

test('a fault of connections waits for its time; one cleared before never strikes', async () => {
  const anna = await kit.settled(ANNA);
  anna.closes.length = 0;
  const cleared = await kit.fault({ name: 'close', number: ANNA, afterMs: 300 });
  await kit.ask('DELETE', `/api/faults/${cleared.id}`);
  const { startsAt } = await kit.fault({ name: 'restart', number: ANNA, afterMs: 500 });
  expect(anna.closes).toEqual([]);
  await anna.closed(515);
  expect(Date.now()).toBeGreaterThanOrEqual(startsAt);
  expect(anna.closes).toHaveLength(1);
});

const wrong: [Record<string, unknown>, RegExp][] = [
  [{ name: 'no-such-fault' }, /name/],
  [
    { name: 'upgrade-403', number: ANNA },
    /before a client says who it is, so it can't be narrowed by number/,
  ],
  [{ name: 'certificate-without-leaf', device: 1 }, /narrowed by device/],
  [{ name: 'login-401', stanza: 'iq' }, /does not wait for a stanza/],
  [{ name: 'ban', child: 'ping' }, /narrowed by child/],
  [{ name: 'forget-sessions', probability: 0.5 }, /narrowed by probability/],
  [{ name: 'slow', direction: 'in' }, /has no direction; only half-open and bandwidth have/],
  [{ name: 'slow', bytesPerSecond: 10 }, /has no bytesPerSecond/],
  [{ name: 'mute', attribute: 'id' }, /has no attribute/],
  [{ name: 'mute', code: 500, delayMs: 10 }, /has no delayMs.* has no code/],
  [{ name: 'mute', path: 'group' }, /has no path; only strip-attribute has/],
  [{ name: 'mute', seed: 7 }, /seed without a probability/],
  [{ name: 'late-receipt', stanza: 'message' }, /strikes receipt only, never "message"/],
  [{ name: 'lose-ack', stanza: 'iq' }, /strikes message only/],
  [{ name: 'no-history', stanza: 'iq' }, /strikes message only/],
  [{ name: 'refuse-message', xmlns: 'usync' }, /queries of clients \(iq\) have an xmlns/],
  [{ name: 'mute', xmlns: 'usync' }, /queries of clients \(iq\) have an xmlns/],
  [{ name: 'rate-limit', xmlns: 'usync', stanza: 'message' }, /queries of clients \(iq\) have an xmlns/],
  [{ name: 'bandwidth', direction: 'in', stanza: 'message' }, /slowed before it is read/],
  [
    { name: 'slow', direction: 'in', attribute: 'id', number: 'abc' },
    /has no direction.* has no attribute.* "abc" is not a phone number/,
  ],
  [{ name: 'strip-attribute' }, /needs to know which attribute/],
  [{ name: 'bandwidth', bytesPerSecond: 0 }, /bytesPerSecond/],
  [{ name: 'mute', forMs: 0 }, /forMs/],
  [{ name: 'mute', afterMs: 1e12 }, /afterMs/],
  [{ name: 'half-open', direction: 'up' }, /direction/],
  [{ name: 'mute', number: 'abc' }, /phone number/],
];

test.each(wrong)('%j is refused with a sentence that names the problem', async (order, message) => {
  const { status, body } = await kit.post<{ error: { code: string; message: string } }>('/api/faults', order);
  expect(status).toBe(400);
  expect(body.error).toMatchObject({ code: 'VALIDATION_ERROR', message: expect.stringMatching(message) });
  expect(await inForce()).toEqual([]);
});
