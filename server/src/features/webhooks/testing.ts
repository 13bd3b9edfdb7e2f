import Type, { type Static } from 'typebox';
import { type TestDatabase, testDatabase } from '../../../test/database.ts';
import { type TurnedClock, turnedClock } from '../../../test/kit/clock.ts';
import { createHttp } from '../../http/create-http.ts';
import { createIdempotency } from '../../http/idempotency.ts';
import type { Actor } from '../../platform/actor.ts';
import { createAuditLog } from '../../platform/audit/record.ts';
import { readConfig } from '../../platform/config/config.ts';
import { createVault } from '../../platform/crypto.ts';
import { afterCommit, inTransaction } from '../../platform/db/transaction.ts';
import { defineEvent, type EventDefinition } from '../../platform/events/define.ts';
import { factsInBody } from '../../platform/events/facts.ts';
import { createRecorder } from '../../platform/events/record.ts';
import { counted, type EventNode, makeOrganization, startEventNode } from '../../platform/events/testing.ts';
import { Failure } from '../../platform/failures.ts';
import type { App, Feature } from '../../platform/feature.ts';
import { newId } from '../../platform/ids.ts';
import { silentLog } from '../../platform/log.ts';
import { createOutbound } from '../../platform/outbound/outbound.ts';
import { type Permission, permissions } from '../../platform/permissions.ts';
import { noTracing } from '../../platform/tracing/tracing.ts';
import { createWebhooks } from './index.ts';
import { webhookDisabled } from './webhooks.events.ts';

export const testKey = Buffer.alloc(32, 7);

/** For tests: an event that needs the permission to read messages. */
export const messageCounted = defineEvent({
  name: 'message.counted',
  what: 'A message was counted.',
  permission: 'message:read',
  body: counted.body,
});

/** For tests: an event that says of a message what webhooks choose by. */
export const messageTold = defineEvent({
  name: 'message.told',
  what: 'A message was told.',
  permission: 'message:read',
  body: Type.Object({
    n: Type.Number(),
    chatId: Type.String(),
    type: Type.Optional(Type.String()),
    direction: Type.Optional(Type.String()),
    origin: Type.Optional(Type.String()),
    messageId: Type.Optional(Type.String()),
  }),
  facts: ({ body }) => ({ ...factsInBody(body), direction: body.direction, origin: body.origin }),
});

/** For tests: the webhooks of one node behind real HTTP, with a running event log. */
export interface WebhookHouse {
  database: TestDatabase;
  organizationId: string;
  node: EventNode;
  clock: TurnedClock;
  feature: Feature;
  app: App;
  /** What was told of this moment. */
  passed: { name: string; body: unknown }[];
  /** Records `message.told` of each, in one transaction. */
  tell(...messages: Static<typeof messageTold.body>[]): Promise<void>;
  /** Calls as somebody of this organisation, or of another; answers the status and the bare body. */
  call(
    method: 'GET' | 'POST' | 'PUT' | 'PATCH' | 'DELETE',
    path: string,
    body?: unknown,
    as?: string,
  ): Promise<{ status: number; body: never }>;
  stop(): Promise<void>;
}

export async function openHouse(
  settings: { schedule?: number[]; disableAfterSeconds?: number; timeoutMs?: number } = {},
): Promise<WebhookHouse> {
  const database = await testDatabase();
  const { db } = database.database;
  const organizationId = await makeOrganization(db);
  const clock = turnedClock();
  const catalogue: EventDefinition[] = [counted, messageCounted, messageTold, webhookDisabled] as never[];
  const outbound = createOutbound({ allow: ['127.0.0.0/8'], closedPorts: () => [1] });
  const passed: WebhookHouse['passed'] = [];
  let node: EventNode | undefined;
  const { feature }: { feature: Feature } = createWebhooks({
    tracing: noTracing,
    nodeId: 'this',
    presence: { nodes: () => undefined, onChange: () => undefined },
    db,
    clock,
    log: silentLog,
    audit: createAuditLog({ clock }),
    vault: createVault(testKey),
    outbound,
    events: createRecorder(clock, () => node?.relay.poke()),
    catalogue: () => catalogue,
    defaultCountry: 'ID',
    passing: { tell: ({ name }, event) => void passed.push({ name, ...event }) },
    eventLog: {
      lastPosition: async () => node?.log.lastPosition() ?? 0,
      keptAfter: async () => node?.log.keptAfter() ?? 0,
    },
    // Done as soon as it is committed; a job queue would do it a moment later.
    jobs: {
      async enqueue(tx, { name }, payload) {
        const job = feature.jobs?.find(({ definition }) => definition.name === name);
        afterCommit(tx, () => void job?.deed(payload as never, new AbortController().signal));
      },
    },
    config: {
      webhookRetrySchedule: settings.schedule ?? [0.05, 0.05],
      webhookDisableAfter: settings.disableAfterSeconds ?? 432_000,
      webhookTimeoutMs: settings.timeoutMs ?? 5_000,
      eventRetentionDays: 30,
    },
  });
  node = await startEventNode(database.database, feature.readers ?? []);
  await feature.start?.();
  const app = await createHttp({
    config: readConfig({}, '/'),
    log: silentLog,
    clock,
    db,
    authenticator: { authenticate: async ({ bearer }) => actorOf(bearer, organizationId) },
    idempotency: createIdempotency({ db, clock }),
    features: [feature],
    version: '0.0.0',
    strict: true,
  });
  const running = node;
  return {
    database,
    organizationId,
    node: running,
    clock,
    feature,
    app,
    passed,
    tell: (...messages) =>
      inTransaction(db, async (tx) => {
        for (const body of messages) {
          await running.recorder.record(tx, messageTold, { organizationId, profileId: null, body });
        }
      }),
    async call(method, path, body, as = organizationId) {
      const answer = await app.inject({
        method,
        url: `/api/v1${path}`,
        headers: { authorization: `Bearer ${as}`, 'x-response-format': 'raw' },
        ...(body !== undefined && { payload: body as object }),
      });
      return { status: answer.statusCode, body: answer.json() as never };
    },
    async stop() {
      await app.close();
      await feature.stop?.();
      await running.stop();
      await outbound.close();
      await database.drop();
    },
  };
}

/** The permissions of tokens that are not the id of an organisation. */
const limited: Readonly<Record<string, readonly Permission[]>> = {
  viewer: ['profile:read'],
  manager: ['profile:read', 'webhook:manage'],
  'old-key': ['profile:read', 'webhook:manage'],
};

/** The token is the id of an organisation, or one of `limited`. */
function actorOf(token: string | undefined, organizationId: string): Actor {
  if (!token) throw new Failure('UNAUTHENTICATED');
  const granted = limited[token];
  return {
    kind: 'user',
    userId: granted ? newId() : token,
    organizationId: granted ? organizationId : token,
    role: 'owner',
    permissions: new Set(granted ?? permissions),
    ...(token === 'old-key' && { hearsAll: true }),
  };
}
