import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { setTimeout as pause } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { expect } from 'vitest';
import { sealSecret } from '../src/features/webhooks/secrets.ts';
import { testKey } from '../src/features/webhooks/testing.ts';
import { systemClock } from '../src/platform/clock.ts';
import { createVault } from '../src/platform/crypto.ts';
import { inTransaction } from '../src/platform/db/transaction.ts';
import { createRecorder } from '../src/platform/events/record.ts';
import { counted, makeOrganization } from '../src/platform/events/testing.ts';
import { newId } from '../src/platform/ids.ts';
import { testDatabase } from './database.ts';
import { openSink } from './kit/sink.ts';
import { until } from './until.ts';

const program = fileURLToPath(new URL('../src/features/webhooks/testing-node.ts', import.meta.url));
/** Events that are recorded at once. */
const batch = 4;
/** A machine that can't keep up is given fewer events: what is proved is that none is lost, not how fast it is. */
const aheadSecondsMax = 5;

/**
 * Records events at a steady rate while the node that delivers them is killed again and again, each time when it has caught
 * up: none is lost, and few come twice, always with the same id and bytes.
 */
export async function killUnderSteadyLoad({ kills, perSecond }: { kills: number; perSecond: number }) {
  const [house, sink] = await Promise.all([testDatabase(), openSink()]);
  const { db } = house.database;
  let node: ChildProcess | undefined;
  let recording = true;
  let recorded = 0;
  const start = () => {
    node = spawn(process.execPath, [program, house.databaseUrl, testKey.toString('hex')], {
      stdio: 'inherit',
    });
    return node;
  };
  try {
    const organizationId = await makeOrganization(db);
    const id = newId();
    const now = new Date();
    await db.insertInto('event_cursors').values({ reader: 'webhooks', position: 0 }).execute();
    await db
      .insertInto('webhooks')
      .values({
        ...{
          id,
          organization_id: organizationId,
          url: sink.url,
          events: ['*'],
          created_at: now,
          updated_at: now,
        },
        secret: sealSecret(createVault(testKey), id, 'a-secret-for-the-crash'),
      })
      .execute();
    const ids = new Set<string>();
    let looked = 0;
    const seen = () => {
      for (; looked < sink.caught.length; looked++) ids.add(sink.caught[looked]?.body.id as string);
      return ids.size;
    };
    const beganMs = performance.now();
    const recorder = createRecorder(systemClock, () => undefined);
    const load = (async () => {
      for (let nextMs = performance.now(); recording; nextMs += (batch * 1_000) / perSecond) {
        await pause(Math.max(0, nextMs - performance.now()));
        while (recording && recorded - seen() > perSecond * aheadSecondsMax) {
          await pause(50);
          nextMs = performance.now();
        }
        await inTransaction(db, async (tx) => {
          for (let n = 0; n < batch; n++) {
            const body = { n: recorded++ };
            await recorder.record(tx, counted, { organizationId, profileId: null, body });
          }
        });
      }
    })();
    for (let kill = 1; kill <= kills; kill++) {
      const before = recorded;
      const running = start();
      await until('the node has caught up', () => seen() >= before, 60_000);
      await pause(1_000 + Math.random() * 3_000);
      const gone = once(running, 'exit');
      running.kill('SIGKILL');
      await gone;
    }
    recording = false;
    await load;
    start();
    await until('everything has arrived', () => seen() === recorded, 60_000);
    const repeats = sink.caught.length - recorded;
    const rate = Math.round((recorded * 1_000) / (performance.now() - beganMs));
    process.stdout.write(`${kills} kills under ${rate}/s: ${recorded} events, ${repeats} came twice\n`);
    const texts = new Map<string, string>();
    for (const { body, text } of sink.caught) {
      expect(texts.get(body.id) ?? text).toBe(text);
      texts.set(body.id, text);
    }
    expect(new Set(sink.caught.map(({ body }) => body.data.n)).size).toBe(recorded);
    expect(repeats / recorded).toBeLessThanOrEqual(0.001);
  } finally {
    recording = false;
    node?.kill('SIGKILL');
    await sink.close();
    await house.drop();
  }
}
