import { randomBytes } from 'node:crypto';
import { afterAll, afterEach, beforeAll, expect, test } from 'vitest';
import { type TestDatabase, testDatabase } from '../../../test/database.ts';
import { filesOf } from '../../../test/engine-files.ts';
import { insertProfile } from '../../../test/profile-rows.ts';
import { type OwnSandbox, startTestSandbox } from '../../../test/sandbox.ts';
import { until } from '../../../test/until.ts';
import { phoneChat } from '../../platform/chat-id.ts';
import { systemClock } from '../../platform/clock.ts';
import { createVault } from '../../platform/crypto.ts';
import { createProfile, type Profile } from '../conformance-kit.ts';
import { EngineBusy, EngineGone } from '../port.ts';
import { createBaileysEngine } from './index.ts';
import { usualTimings } from './silence-watch.ts';

const vault = createVault(randomBytes(32));
const ownNumber = '628444000001';
let store: TestDatabase;
let network: OwnSandbox;
let profile: Profile;

beforeAll(async () => {
  [store, network] = await Promise.all([testDatabase(), startTestSandbox()]);
  const { db } = store.database;
  const timings = { probeMs: 300, answerMs: 400, silenceMsMax: 500 };
  const { socketUrl: url } = network;
  const engine = createBaileysEngine({
    name: 'sandbox',
    url,
    db,
    vault,
    clock: systemClock,
    timings,
    ...filesOf({ certificate: async () => '' }),
  });
  profile = createProfile(engine, db, await insertProfile(db));
  await profile.pair(network, ownNumber);
  await profile.session.close();
});
afterEach(async () => {
  await network.clearFaults();
  await profile.session.close();
});
afterAll(async () => {
  await Promise.all([store?.drop(), network?.stop()]);
});

test.for(['silent-tcp', 'no-server-hello'])('%s at the start is noticed', async (name) => {
  await network.fault({ name });
  profile.open();
  expect(await profile.reaches('ended')).toMatchObject({ cause: 'never-answered' });
  await network.clearFaults();
  await profile.connect();
});

test('an upgrade that is refused and cut is noticed at once', async () => {
  await network.fault({ name: 'upgrade-403' });
  profile.open();
  expect(await profile.reaches('ended')).toMatchObject({
    cause: 'unavailable',
    reason: expect.stringContaining('HTTP 403'),
  });
});

test('nobody listening is told as such', async () => {
  await network.kill();
  profile.open();
  expect(await profile.reaches('ended')).toMatchObject({
    cause: 'never-answered',
    reason: 'WhatsApp could not be reached.',
  });
  await network.restart();
  await profile.connect();
});

test('a login that is never answered ends', async () => {
  await network.fault({ name: 'mute', number: ownNumber });
  profile.open();
  expect(await profile.reaches('ended')).toMatchObject({ cause: 'never-answered' });
});

test('a server that falls silent is noticed, and who was sending is told', async () => {
  await profile.connect();
  await profile.send(phoneChat(ownNumber), 'note to self').catch(() => undefined);
  await network.fault({ name: 'mute', number: ownNumber });
  const sending = profile.send(phoneChat(ownNumber), 'hello?').catch((error: unknown) => error);
  expect(await profile.reaches('ended')).toMatchObject({ cause: 'connection-lost' });
  expect(await sending).toBeInstanceOf(EngineGone);
});

test('with the usual patience a silent server is noticed within ten seconds', () => {
  const { probeMs, answerMs, silenceMsMax, loginMsMax } = usualTimings;
  const checkedEveryMs = 250;
  expect(probeMs + answerMs + 2 * checkedEveryMs).toBeLessThanOrEqual(10_000);
  expect(silenceMsMax + checkedEveryMs).toBeLessThanOrEqual(10_000);
  expect(loginMsMax).toBeLessThanOrEqual(60_000);
});

test('a line on which nothing passes any more is noticed, though it stays open', async () => {
  await profile.connect();
  await network.fault({ name: 'half-open', number: ownNumber });
  expect(await profile.reaches('ended')).toMatchObject({ cause: 'connection-lost' });
});

test('who has nothing to say is asked, answers, and stays connected', async () => {
  await profile.connect();
  const queryCount = async () => {
    const stanzas = await network.ledger({ number: ownNumber, kind: 'stanza' });
    return stanzas.filter(({ direction, tag, device }) => direction === 'in' && tag === 'iq' && device > 0)
      .length;
  };
  const before = await queryCount();
  await until('it was asked several times', async () => (await queryCount()) >= before + 5);
  await profile.send(phoneChat(ownNumber), 'still here');
});

test('a frame that can’t be decoded ends the connection, not the process', async () => {
  await profile.connect();
  await network.fault({ name: 'corrupt-frame', number: ownNumber });
  expect(await profile.reaches('ended')).toMatchObject({ cause: 'connection-lost' });
  await profile.connect();
});

test('a rate limit before anything was sent asks for a pause', async () => {
  await profile.connect();
  const stranger = network.phone('628444000099');
  await stranger.named('Stranger');
  await network.fault({ name: 'rate-limit', number: ownNumber, xmlns: 'usync' });
  const busy = await profile.send(phoneChat(stranger.number), 'hi').catch((error: unknown) => error);
  expect(busy).toBeInstanceOf(EngineBusy);
  await profile.send(phoneChat(stranger.number), 'hi');
});

test('a message that is answered with 429 asks for a pause, as long as WhatsApp says', async () => {
  await profile.connect();
  await network.fault({ name: 'rate-limit', number: ownNumber, stanza: 'message', backoffSeconds: 90 });
  const busy = await profile.send(phoneChat(ownNumber), 'note to self').catch((error: unknown) => error);
  expect(busy).toBeInstanceOf(EngineBusy);
  expect(busy).toMatchObject({ retryAfterMs: 90_000 });
  await profile.send(phoneChat(ownNumber), 'note to self');
});
