import { randomBytes } from 'node:crypto';
import type { InjectOptions } from 'fastify';
import { createAccess } from '../src/features/access/index.ts';
import { createAccounts } from '../src/features/accounts/index.ts';
import { createApiKeys, touchKey } from '../src/features/api-keys/index.ts';
import { createAudit } from '../src/features/audit/index.ts';
import { createAuth, type PasswordCost, touchSession } from '../src/features/auth/index.ts';
import { createHealth } from '../src/features/health/index.ts';
import { createOrganizations, insertOrganization } from '../src/features/organizations/index.ts';
import { createRbac } from '../src/features/rbac/index.ts';
import { createWorkspaces } from '../src/features/workspaces/index.ts';
import { createHttp } from '../src/http/create-http.ts';
import { createIdempotency } from '../src/http/idempotency.ts';
import { createDenials } from '../src/platform/audit/denials.ts';
import { createAuditLog } from '../src/platform/audit/record.ts';
import { readConfig } from '../src/platform/config/config.ts';
import { createVault } from '../src/platform/crypto.ts';
import type { App, Feature } from '../src/platform/feature.ts';
import type { JobQueue } from '../src/platform/jobs/jobs.ts';
import { silentLog } from '../src/platform/log.ts';
import type { MailQueue } from '../src/platform/mail.ts';
import { type TestDatabase, testDatabase } from './database.ts';
import { quickPasswords } from './password-cost.ts';

export const goodPassword = 'three blue bicycles';

/** A clock that stands until a test turns it. */
export function turnedClock(start = new Date()) {
  let nowMs = start.getTime();
  return {
    now: () => new Date(nowMs),
    advance(seconds: number) {
      nowMs += seconds * 1000;
    },
  };
}

export interface Owner {
  accessToken: string;
  refreshToken: string;
  email: string;
  user: { id: string; organizationId: string };
  bearer: { authorization: string };
}

/** The doors and the features of this slice on a database of their own, for tests of one file. */
export class TestDoor {
  readonly clock = turnedClock();
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
    const vault = createVault(vaultKey);
    const audit = createAuditLog({ clock });
    const { condition } = this.house.database;
    const deps = {
      db,
      condition,
      clock,
      vault,
      config,
      audit,
      mail: noMail,
      log: silentLog,
      version: '9.8.7',
      passwordCost,
    };
    const access = createAccess({ ...deps, touchSession, touchKey });
    const { authenticator, tokens } = access;
    const idempotency = createIdempotency({ db, clock });
    const auth = createAuth({ ...deps, authenticator, tokens, insertOrganization, jobs: noJobs });
    const features = [
      auth.feature,
      createHealth(deps).feature,
      createAccounts(deps).feature,
      createApiKeys({ ...deps, authenticator }).feature,
      createOrganizations({ ...deps, idempotency, people: auth.people, attempts: auth.attempts }).feature,
      createWorkspaces({ ...deps, removeProfiles: async () => undefined }).feature,
      createRbac({ ...deps, authenticator }).feature,
      createAudit(deps).feature,
      ...extra,
      access.feature,
    ];
    for (const feature of features) await feature.start?.();
    const denials = createDenials(deps);
    const http = { ...deps, authenticator, idempotency, features, denied: denials.note, strict: true };
    const app = await createHttp(http);
    app.addHook('onClose', async () => {
      await denials.settle();
      for (const feature of features) await feature.stop?.();
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

/** Where no mail server is set. */
const noMail: MailQueue = {
  isConfigured: false,
  enqueue: () => Promise.reject(new Error('no mail server is set')),
};

/** Where nothing works later. */
const noJobs: JobQueue = {
  enqueue: () => Promise.reject(new Error('no job queue is open')),
};

const vaultKey = randomBytes(32);
