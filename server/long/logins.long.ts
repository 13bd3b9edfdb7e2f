import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import { expect, onTestFinished, test } from 'vitest';
import { type TestDatabase, testDatabase } from '../test/database.ts';
import { goodPassword, TestDoor } from '../test/door.ts';
import { healthDuring } from '../test/health-during.ts';
import { type ServerProcess, startServer } from '../test/server-process.ts';
import { newTenant } from '../test/tenant.ts';

const perSecond = 200;
const seconds = 30;

test('two hundred logins a second for half a minute are answered or refused politely', async () => {
  const database = await testDatabase();
  const dataDir = await mkdtemp(join(tmpdir(), 'mwa-logins-'));
  const server = await startServer({
    DATA_DIR: dataDir,
    DATABASE_URL: database.databaseUrl,
    SANDBOX: 'off',
    // Everybody of the flood is a stranger from elsewhere, as a proxy would tell.
    TRUSTED_PROXIES: '127.0.0.0/8',
  });
  try {
    const report = await flood(server);
    console.table(report);
    expect(report.otherAnswers).toBe(0);
    expect(report.refusedWithoutRetryAfter).toBe(0);
    expect(report.ownerSignedInAfterwards).toBe(true);
  } finally {
    await end(server, database, dataDir);
  }
});

test('three hundred logins at once are answered or refused politely, and the next one works', async () => {
  const door = await TestDoor.open({}, { passwordCost: undefined });
  onTestFinished(() => door.close());
  const logIn = (email: string, password: string, remoteAddress: string) =>
    door.ask('POST', '/auth/login', { payload: { email, password }, remoteAddress });
  const owner = await door.register();
  const burst = Promise.all(
    Array.from({ length: 300 }, (_, index) =>
      logIn(
        index % 10 === 0 ? owner.email : `nobody${index}@example.com`,
        index % 20 === 0 ? goodPassword : 'guess',
        `198.51.${index >> 7}.${index & 127}`,
      ),
    ),
  );
  const { result, answers } = await healthDuring(door, burst);
  const counted = Map.groupBy(result, ({ status }) => status);
  expect([...counted.keys()].filter((status) => ![200, 401, 429].includes(status))).toEqual([]);
  expect(counted.get(401)?.length).toBeGreaterThan(50);
  const refused = counted.get(429) ?? [];
  expect(refused.length).toBeGreaterThan(50);
  for (const { headers } of refused) expect(Number(headers['retry-after'])).toBeGreaterThan(0);
  // In the time of more than a hundred hashes there is room for many answers that need none.
  expect(answers).toBeGreaterThan(20);
  expect((await logIn(owner.email, goodPassword, '127.0.0.1')).status).toBe(200);
});

async function flood(server: ServerProcess) {
  const tenant = await newTenant(server.api);
  const counts = { right: 0, wrong: 0, refused: 0, otherAnswers: 0, refusedWithoutRetryAfter: 0 };
  const answeredMs: number[] = [];
  const waiting: Promise<void>[] = [];
  const logIn = async (nth: number) => {
    const isOwner = nth % 50 === 0;
    const body = isOwner
      ? { email: tenant.email, password: tenant.password }
      : { email: `nobody${nth}@example.org`, password: 'a guess at it' };
    const from = { 'x-forwarded-for': `198.18.${(nth >> 8) & 255}.${nth & 255}` };
    const { status, headers } = await server.api.call('POST', '/auth/login', body, from);
    if (status === 200) counts.right++;
    else if (status === 401) counts.wrong++;
    else if (status === 429) counts.refused++;
    else counts.otherAnswers++;
    if (status === 429 && !(Number(headers.get('retry-after')) > 0)) counts.refusedWithoutRetryAfter++;
  };
  const beganMs = performance.now();
  for (let nth = 0; nth < perSecond * seconds; nth++) {
    waiting.push(logIn(nth));
    if (nth % perSecond === 0) waiting.push(timed(server, answeredMs));
    const aheadMs = beganMs + ((nth + 1) * 1000) / perSecond - performance.now();
    if (aheadMs > 0) await pause(aheadMs);
  }
  await Promise.all(waiting);
  const sorted = answeredMs.sort((a, b) => a - b);
  const after = await server.api.call('POST', '/auth/login', {
    email: tenant.email,
    password: tenant.password,
  });
  return {
    asked: perSecond * seconds,
    ...counts,
    healthMsMedian: Math.round(sorted[sorted.length >> 1] ?? 0),
    healthMsMax: Math.round(sorted.at(-1) ?? 0),
    ownerSignedInAfterwards: after.status === 200,
  };
}

async function timed(server: ServerProcess, answeredMs: number[]): Promise<void> {
  const askedMs = performance.now();
  await server.api.get('/health');
  answeredMs.push(performance.now() - askedMs);
}

async function end(server: ServerProcess, database: TestDatabase, dataDir: string): Promise<void> {
  await server.stop();
  await database.drop();
  await rm(dataDir, { recursive: true, force: true });
}
