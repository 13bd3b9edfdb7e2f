import Type from 'typebox';
import { systemClock } from '../clock.ts';
import type { Database } from '../db/connect.ts';
import type { Db } from '../db/transaction.ts';
import { inTransaction } from '../db/transaction.ts';
import type { EventReader } from '../feature.ts';
import { newId } from '../ids.ts';
import { silentLog } from '../log.ts';
import { defineEvent } from './define.ts';
import { createEventLog, type EventLog } from './reader.ts';
import { createRecorder, type EventRecorder } from './record.ts';
import { createRelay, type Relay } from './relay.ts';

/** For tests: an event about nothing but a number. */
export const counted = defineEvent({
  name: 'test.counted',
  what: 'Something was counted.',
  permission: 'profile:read',
  body: Type.Object({ n: Type.Number() }),
  socket: ({ body }) => [{ name: 'counted', payload: { n: body.n } }],
});

/** For tests: the event machinery of one node, running. */
export interface EventNode {
  log: EventLog;
  relay: Relay;
  recorder: EventRecorder;
  /** Records one event in a transaction of its own. */
  count(place: { organizationId: string; profileId?: string | null }, n: number): Promise<void>;
  stop(): Promise<void>;
}

export async function startEventNode(
  database: Database,
  readers: readonly EventReader[] = [],
): Promise<EventNode> {
  const log = await createEventLog({ database, log: silentLog });
  const relay = createRelay({ database, log: silentLog, offer: log.offer });
  const recorder = createRecorder(systemClock, relay.poke);
  await log.start(readers);
  await relay.start();
  return {
    log,
    relay,
    recorder,
    count: ({ organizationId, profileId = null }, n) =>
      inTransaction(database.db, (tx) =>
        recorder.record(tx, counted, { organizationId, profileId, body: { n } }),
      ),
    async stop() {
      await relay.stop();
      await log.stop();
    },
  };
}

/** For tests: a new organisation's id. */
export async function makeOrganization(db: Db): Promise<string> {
  const id = newId();
  const now = new Date();
  await db
    .insertInto('organizations')
    .values({ id, name: 'Bakery', slug: id, created_at: now, updated_at: now })
    .execute();
  return id;
}

/** For tests: a new profile's id. */
export async function makeProfile(db: Db, organizationId: string): Promise<string> {
  const now = new Date();
  const stamps = { organization_id: organizationId, created_at: now, updated_at: now };
  const [workspaceId, id] = [newId(), newId()];
  await db
    .insertInto('workspaces')
    .values({ id: workspaceId, name: 'Shop', slug: id, ...stamps })
    .execute();
  await db
    .insertInto('profiles')
    .values({
      id,
      workspace_id: workspaceId,
      display_name: 'Counter phone',
      engine: 'sandbox',
      message_delay_ms: 0,
      ...stamps,
    })
    .execute();
  return id;
}
