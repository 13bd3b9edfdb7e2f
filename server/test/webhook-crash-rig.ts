import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { fileURLToPath } from 'node:url';
import { expect, vi } from 'vitest';
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

const program = fileURLToPath(new URL('../src/features/webhooks/testing-node.ts', import.meta.url));
/** Attempts that can be under way to one endpoint when the process dies. */
const inFlightMax = 4;

async function killNode(node: ChildProcess): Promise<void> {
  const gone = once(node, 'exit');
  node.kill('SIGKILL');
  await gone;
}

/**
 * Kills a node again and again while it delivers to a webhook; then every event has been delivered, and none whose
 * success was recorded before a kill has been told again.
 */
export async function killWhileDelivering({ kills, events: eventsInAll }: { kills: number; events: number }) {
  const [house, sink] = await Promise.all([testDatabase(), openSink()]);
  const nodes: ChildProcess[] = [];
  try {
    await deliver();
  } finally {
    for (const node of nodes) node.kill('SIGKILL');
    await sink.close();
    await house.drop();
  }

  function startNode(): ChildProcess {
    const args = [program, house.databaseUrl, testKey.toString('hex')];
    const node = spawn(process.execPath, args, { stdio: 'inherit' });
    nodes.push(node);
    return node;
  }

  async function deliver(): Promise<void> {
    const { db } = house.database;
    const organizationId = await makeOrganization(db);
    const id = newId();
    const now = new Date();
    const stamps = { created_at: now, updated_at: now };
    await db.insertInto('event_cursors').values({ reader: 'webhooks', position: 0 }).execute();
    await db
      .insertInto('webhooks')
      .values({
        id,
        organization_id: organizationId,
        url: sink.url,
        events: ['*'],
        secret: sealSecret(createVault(testKey), id, 'a-secret-for-the-crash'),
        ...stamps,
      })
      .execute();
    const recorder = createRecorder(systemClock, () => undefined);
    await inTransaction(db, async (tx) => {
      for (let n = 0; n < eventsInAll; n++) {
        await recorder.record(tx, counted, { organizationId, profileId: null, body: { n } });
      }
    });
    sink.answer = (_, response) => void setTimeout(() => response.end(), 5);

    const settledBeforeKill = new Map<string, number>();
    for (let kill = 1; kill <= kills; kill++) {
      const node = startNode();
      const wanted = (kill * eventsInAll) / (kills + 2);
      await vi.waitFor(() => expect(sink.caught.length).toBeGreaterThan(wanted), {
        timeout: 30_000,
        interval: 1,
      });
      await killNode(node);
      const delivered = await db
        .selectFrom('webhook_deliveries')
        .select('event_id')
        .where('status', '=', 'delivered')
        .execute();
      for (const { event_id } of delivered) {
        if (!settledBeforeKill.has(event_id)) settledBeforeKill.set(event_id, sink.caught.length);
      }
    }
    startNode();
    await vi.waitFor(
      async () => {
        const { waiting } = await db
          .selectFrom('webhook_deliveries')
          .select(({ fn }) => fn.countAll<number>().as('waiting'))
          .where('status', '=', 'delivered')
          .executeTakeFirstOrThrow();
        expect(waiting).toBe(eventsInAll);
      },
      { timeout: 30_000, interval: 50 },
    );

    const ids = sink.caught.map(({ body }) => body.id);
    expect(new Set(ids).size).toBe(eventsInAll);
    expect(ids.length - eventsInAll).toBeLessThanOrEqual(kills * inFlightMax);
    for (const [eventId, hitsThen] of settledBeforeKill) {
      expect(ids.indexOf(eventId, hitsThen)).toBe(-1);
    }
  }
}
