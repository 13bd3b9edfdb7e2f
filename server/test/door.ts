import { randomBytes } from 'node:crypto';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { InjectOptions } from 'fastify';
import { compose } from '../src/compose.ts';
import type { PasswordCost } from '../src/features/auth/index.ts';
import { createHttp } from '../src/http/create-http.ts';
import { createIdempotency } from '../src/http/idempotency.ts';
import { createDenials } from '../src/platform/audit/denials.ts';
import { createAuditLog } from '../src/platform/audit/record.ts';
import { readConfig } from '../src/platform/config/config.ts';
import { createVault } from '../src/platform/crypto.ts';
import { createPassingEvents } from '../src/platform/events/passing.ts';
import { createEventLog } from '../src/platform/events/reader.ts';
import { createRecorder } from '../src/platform/events/record.ts';
import type { App, Feature } from '../src/platform/feature.ts';
import type { JobEraser, JobQueue } from '../src/platform/jobs/jobs.ts';
import { silentLog } from '../src/platform/log.ts';
import { createNodeTalk } from '../src/platform/node-talk.ts';
import { createOutbound } from '../src/platform/outbound/outbound.ts';
import { createDiskStorage } from '../src/platform/storage/disk.ts';
import { noTracing } from '../src/platform/tracing/tracing.ts';
import { startSandboxNetwork } from '../src/sandbox/network.ts';
import { type TestDatabase, testDatabase } from './database.ts';
import { turnedClock } from './kit/clock.ts';
import { quickPasswords } from './password-cost.ts';

export const goodPassword = 'three blue bicycles';

export interface Owner {
  accessToken: string;
  refreshToken: string;
  email: string;
  user: { id: string; organizationId: string };
  bearer: { authorization: string };
}

/** The features that answer by themselves: without connections to WhatsApp, events, webhooks and jobs. */
const quiet = [
  'auth',
  'health',
  'server',
  'accounts',
  'api-keys',
  'organizations',
  'workspaces',
  'rbac',
  'audit',
  'access',
  'statistics',
];

/** The door and the quiet features of a whole house, not listening, on a database of their own for tests of one file. */
export class TestDoor {
  /** Stands until a test turns it. */
  readonly clock = turnedClock(new Date());
  readonly house: TestDatabase;
  app!: App;
  private registered = 0;

  private readonly passwordCost: PasswordCost | undefined;

  private constructor(house: TestDatabase, passwordCost?: PasswordCost) {
    this.house = house;
    this.passwordCost = passwordCost;
  }

  /** `passwordCost: undefined` is production's. */
  static async open(
    env: Record<string, string> = {},
    more: { extra?: Feature[]; house?: TestDatabase; passwordCost?: PasswordCost | undefined } = {},
  ): Promise<TestDoor> {
    const { extra, house, passwordCost } = { passwordCost: quickPasswords, ...more };
    const door = new TestDoor(house ?? (await testDatabase()), passwordCost);
    door.app = await door.node(env, extra);
    return door;
  }

  /** One more node on the same database. */
  async node(env: Record<string, string> = {}, extra: Feature[] = []): Promise<App> {
    const { clock, passwordCost } = this;
    const { db } = this.house.database;
    const config = readConfig({ JWT_SECRET: 'one secret for every node of a test', ...env }, '/tmp');
    const { database } = this.house;
    const audit = createAuditLog({ clock });
    const outbound = createOutbound({ allow: config.outboundAllow, closedPorts: () => [] });
    const platform = {
      db,
      condition: database.condition,
      clock,
      vault: createVault(vaultKey),
      config,
      audit,
      log: silentLog,
      version: '9.8.7',
      passwordCost,
      outbound,
      idempotency: createIdempotency({ db, clock }),
      events: createRecorder(clock, nothing),
      eventLog: await createEventLog({ database, log: silentLog }),
      passing: createPassingEvents({ database, log: silentLog }),
      jobs: noJobs,
      talk: createNodeTalk({ database, log: silentLog }),
      personal: { tell: nothing, hear: nothing, start: async () => undefined, stop: async () => undefined },
      nodeId: 'one node of a test',
      storage: createDiskStorage(join(tmpdir(), `mwa-door-${process.pid}`)),
      tracing: noTracing,
      address: () => 'http://127.0.0.1:3333',
      presence: { nodes: () => undefined, onChange: nothing },
      sandbox: startSandboxNetwork({ mode: 'off', port: 0, dataDir: '/tmp', command: [], log: silentLog }),
    };
    const { features: all, authenticator } = compose(platform);
    const features = [...all.filter(({ name }) => quiet.includes(name)), ...extra];
    for (const feature of features) await feature.start?.();
    const denials = createDenials(platform);
    const app = await createHttp({
      ...platform,
      authenticator,
      features,
      denied: denials.note,
      strict: true,
    });
    app.addHook('onClose', async () => {
      await denials.settle();
      for (const feature of features) await feature.stop?.();
      await outbound.close();
    });
    return app;
  }

  async close(): Promise<void> {
    await this.app?.close();
    await this.house.drop();
  }

  async ask(method: InjectOptions['method'], path: string, more: Omit<InjectOptions, 'method' | 'url'> = {}) {
    const answer = await this.app.inject({ method: method ?? 'GET', url: `/api/v1${path}`, ...more });
    const body = answer.json();
    return {
      status: answer.statusCode,
      body,
      data: body.data,
      code: body.error?.code,
      headers: answer.headers,
    };
  }

  async register(name = 'Ana'): Promise<Owner> {
    const email = `person${++this.registered}@example.com`;
    const payload = { email, password: goodPassword, name, organizationName: 'Corner Bakery' };
    const { data } = await this.ask('POST', '/auth/register', { payload });
    return { ...data, email, bearer: { authorization: `Bearer ${data.accessToken}` } };
  }

  async setRole(userId: string, role: string): Promise<void> {
    await this.house.database.db.updateTable('users').set({ role }).where('id', '=', userId).execute();
    this.clock.advance(1);
  }
}

const nothing = () => undefined;

/** Where nothing is done later. */
const noJobs: JobQueue & JobEraser = {
  enqueue: async () => undefined,
  discard: () => Promise.reject(new Error('no job queue is open')),
};

const vaultKey = randomBytes(32);
