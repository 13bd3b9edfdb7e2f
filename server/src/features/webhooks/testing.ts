import { once } from 'node:events';
import { createServer, type IncomingHttpHeaders, type ServerResponse } from 'node:http';
import type { AddressInfo, Socket } from 'node:net';
import { type TestDatabase, testDatabase } from '../../../test/database.ts';
import { createHttp } from '../../http/create-http.ts';
import { createIdempotency } from '../../http/idempotency.ts';
import type { Actor } from '../../platform/actor.ts';
import { createAuditLog } from '../../platform/audit/record.ts';
import { type Clock, later, systemClock } from '../../platform/clock.ts';
import { readConfig } from '../../platform/config/config.ts';
import { createVault } from '../../platform/crypto.ts';
import { defineEvent, type EventDefinition } from '../../platform/events/define.ts';
import { createRecorder } from '../../platform/events/record.ts';
import { counted, type EventNode, makeOrganization, startEventNode } from '../../platform/events/testing.ts';
import { Failure } from '../../platform/failures.ts';
import type { App, Feature } from '../../platform/feature.ts';
import { newId } from '../../platform/ids.ts';
import { silentLog } from '../../platform/log.ts';
import { createOutbound } from '../../platform/outbound/outbound.ts';
import { type Permission, permissions } from '../../platform/permissions.ts';
import { createWebhooks } from './index.ts';
import { webhookDisabled } from './webhooks.events.ts';

export const testKey = Buffer.alloc(32, 7);

/** For tests: one received request. */
export interface Hit {
  path: string;
  headers: IncomingHttpHeaders;
  body: string;
  at: number;
}

/** For tests: a receiver on loopback that records requests and answers them as the test says. */
export interface Sink {
  url: string;
  hits: Hit[];
  answer: (hit: Hit, response: ServerResponse) => void;
  /** The next request to come. */
  next(): Promise<Hit>;
  close(): Promise<void>;
}

export async function startSink(): Promise<Sink> {
  const sockets = new Set<Socket>();
  const waiters: ((hit: Hit) => void)[] = [];
  const server = createServer(async (request, response) => {
    const chunks: Buffer[] = [];
    for await (const chunk of request) chunks.push(chunk);
    const hit = {
      path: request.url ?? '',
      headers: request.headers,
      body: Buffer.concat(chunks).toString(),
      at: performance.now(),
    };
    sink.hits.push(hit);
    for (const resolve of waiters.splice(0)) resolve(hit);
    sink.answer(hit, response);
  });
  server.on('connection', (socket) => sockets.add(socket));
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const sink: Sink = {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    hits: [],
    answer: (_, response) => response.end('ok'),
    next: () => new Promise((resolve) => waiters.push(resolve)),
    async close() {
      for (const socket of sockets) socket.destroy();
      server.close();
    },
  };
  return sink;
}

/** For tests: the system's clock, which a test may turn ahead. */
export function turnableClock(): Clock & { turn(ms: number): void } {
  let ahead = 0;
  return {
    now: () => later(systemClock.now(), ahead),
    turn: (ms) => {
      ahead += ms;
    },
  };
}

/** For tests: an event that needs the permission to read messages. */
export const messageCounted = defineEvent({
  name: 'message.counted',
  what: 'A message was counted.',
  permission: 'message:read',
  body: counted.body,
});

/** For tests: the webhooks of one node behind real HTTP, with a running event log. */
export interface WebhookHouse {
  database: TestDatabase;
  organizationId: string;
  node: EventNode;
  clock: ReturnType<typeof turnableClock>;
  feature: Feature;
  app: App;
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
  const clock = turnableClock();
  const catalogue: EventDefinition[] = [counted, messageCounted, webhookDisabled] as never[];
  const outbound = createOutbound({ allow: ['127.0.0.0/8'], closedPorts: () => [1] });
  let node: EventNode | undefined;
  const { feature } = createWebhooks({
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
