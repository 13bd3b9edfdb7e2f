import { readFileSync } from 'node:fs';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import { sql } from 'kysely';
import { inject } from 'vitest';
import { type TestDatabase, testDatabase } from './database.ts';
import { type Caught, openSink } from './kit/sink.ts';
import { type Sandbox, type SandboxPhone, sandboxAt } from './sandbox.ts';
import { type ServerProcess, startServer } from './server-process.ts';
import { type ConnectedProfile, connectedProfile, newCustomer, newTenant, type Tenant } from './tenant.ts';
import { until } from './until.ts';

export interface NodesOptions {
  /** How often a node is killed and started again. */
  rounds: number;
  profiles: number;
  /** Between two messages of a profile. */
  everyMs: number;
}

/** One kill and one return, in milliseconds. */
export interface Round {
  /** Profiles that the killed node had. */
  orphans: number;
  /** From the kill to the first message of one of its profiles, and until each of them had sent one. */
  firstMessageMs: number;
  everyProfileMs: number;
  /** From the kill until the webhook deliveries that the node had claimed were made by another. */
  deliveriesMs: number;
  /** From the return of the node until the profiles are spread evenly again. */
  spreadMs: number;
}

export interface NodesReport {
  rounds: Round[];
  accepted: number;
  lost: number;
  doubled: number;
  underTwoIds: number;
  outOfOrder: number;
  eventsLost: number;
}

interface Line {
  profile: ConnectedProfile;
  customer: SandboxPhone;
  accepted: { text: string; waMessageId: string }[];
}

/** Two nodes share profiles that send all the time; each in turn is killed and started again. Counted from outside. */
export async function killAndReturn(options: NodesOptions): Promise<NodesReport> {
  const sandbox = sandboxAt(inject('sandboxUrl'));
  const [database, sink] = await Promise.all([testDatabase(), openSink()]);
  const folders = await Promise.all([1, 2].map(() => mkdtemp(join(tmpdir(), 'mwa-nodes-'))));
  const start = (folder: string) =>
    startServer({
      DATA_DIR: folder,
      DATABASE_URL: database.databaseUrl,
      DATABASE_POOL_SIZE: '6',
      // What two nodes try at once and a busy machine fails is tried again at once, not after five minutes.
      WEBHOOK_RETRY_SCHEDULE: '1,1,1,1,1,1',
      ENCRYPTION_KEY: 'ab'.repeat(32),
      SANDBOX: 'external',
      SANDBOX_PORT: new URL(sandbox.url).port,
    });
  const nodes: (ServerProcess | undefined)[] = [await start(folders[0] ?? '')];
  try {
    const tenant = await newTenant((nodes[0] as ServerProcess).api);
    await tenant.key.post('/webhooks', { url: sink.url, events: ['message.sent'] });
    const lines: Line[] = [];
    for (let n = 0; n < options.profiles; n++) {
      const profile = await connectedProfile(tenant, sandbox);
      lines.push({ profile, customer: await newCustomer(sandbox), accepted: [] });
    }
    let running = true;
    const programs = lines.map((line) =>
      talk(line, options.everyMs, () => running && nodes.filter((one) => one !== undefined), tenant),
    );
    nodes.push(await start(folders[1] ?? ''));
    await isEven(database, options.profiles, Date.now());
    const rounds: Round[] = [];
    for (let n = 0; n < options.rounds; n++) {
      const at = n % 2;
      // What both nodes try to deliver hangs, so that the killed one surely has claims.
      const hung = Promise.withResolvers<number>();
      sink.answer = () => hung.promise;
      await pause(400);
      const orphans = await heldBy(database, folders[at] ?? '', lines);
      const victim = nodes[at] as ServerProcess;
      nodes[at] = undefined;
      const killedAtMs = Date.now();
      await victim.kill();
      const goneAtMs = Date.now();
      sink.answer = () => 200;
      hung.resolve(200);
      const [deliveriesMs, sentMs] = await Promise.all([
        untilDelivered(database, killedAtMs),
        Promise.all(orphans.map((one) => untilSent(sandbox, one.profile.phone.number, goneAtMs, killedAtMs))),
      ]);
      nodes[at] = await start(folders[at] ?? '');
      rounds.push({
        orphans: orphans.length,
        firstMessageMs: Math.min(...sentMs),
        everyProfileMs: Math.max(...sentMs),
        deliveriesMs,
        spreadMs: await isEven(database, options.profiles, Date.now()),
      });
    }
    running = false;
    await Promise.all(programs);
    await until('all is decided', async () => (await open(database)) === 0, 60_000);
    await untilDelivered(database, Date.now());
    return { rounds, ...(await counted(database, lines, sink.caught)) };
  } finally {
    await Promise.all(nodes.map((one) => one?.stop()));
    await sink.close();
    await database.drop();
    await Promise.all(folders.map((folder) => rm(folder, { recursive: true, force: true })));
  }
}

/** Sends through whichever node is there; who gets no answer asks another one again, with the same key. */
async function talk(line: Line, everyMs: number, alive: () => false | ServerProcess[], tenant: Tenant) {
  const { profile, customer, accepted } = line;
  for (let n = 0; ; n++) {
    const text = `${n}`;
    for (let asked = 0; accepted.length <= n; asked++) {
      const nodes = alive();
      if (!nodes) return;
      const node = nodes[(n + asked) % nodes.length];
      try {
        const body = { profileId: profile.id, to: customer.number, text };
        const key = { 'idempotency-key': `${profile.id}-${n}` };
        const sent = await node?.api.as(tenant.credentials).post('/messages/text', body, key);
        if (sent) accepted.push({ text, waMessageId: sent.waMessageId });
      } catch {
        await pause(20);
      }
    }
    await pause(everyMs);
  }
}

const db = (database: TestDatabase) => database.database.db;

async function counts(database: TestDatabase): Promise<number[]> {
  const { rows } = await sql<{ n: number }>`select count(*)::int as n from profile_leases
    where expires_at > now() group by node_id`.execute(db(database));
  return rows.map((row) => row.n);
}

/** Waits until two nodes have the same number of profiles, all of them connected; says how long that took. */
async function isEven(database: TestDatabase, profiles: number, sinceMs: number): Promise<number> {
  await until(
    'the profiles are spread',
    async () => {
      const held = await counts(database);
      const { rows } = await sql<{ n: number }>`select count(*)::int as n from profiles
        where status = 'connected'`.execute(db(database));
      return held.length === 2 && Math.abs((held[0] ?? 0) - (held[1] ?? 0)) < 2 && rows[0]?.n === profiles;
    },
    90_000,
  );
  return Date.now() - sinceMs;
}

async function heldBy(database: TestDatabase, folder: string, lines: Line[]): Promise<Line[]> {
  const rows = await db(database)
    .selectFrom('profile_leases')
    .select('profile_id')
    .where('node_id', '=', readFileSync(join(folder, 'node-id'), 'utf8').trim())
    .where('expires_at', '>', sql<Date>`now()`)
    .execute();
  const ids = rows.map((row) => row.profile_id);
  return lines.filter((line) => ids.includes(line.profile.id));
}

async function untilSent(sandbox: Sandbox, number: string, goneAtMs: number, sinceMs: number) {
  const first = await until('a message left from elsewhere', async () =>
    (await sandbox.ledger({ number, kind: 'message' })).find((one) => one.device > 0 && one.time > goneAtMs),
  );
  return first.time - sinceMs;
}

async function untilDelivered(database: TestDatabase, sinceMs: number): Promise<number> {
  await until('what was claimed before is delivered', async () => {
    const { rows } = await sql`select 1 from webhook_deliveries where status = 'pending'
        and created_at < ${new Date(sinceMs)} limit 1`.execute(db(database));
    return rows.length === 0;
  });
  return Date.now() - sinceMs;
}

async function open(database: TestDatabase): Promise<number> {
  const { rows } = await sql`select 1 from messages where status in ('queued', 'sending')`.execute(
    db(database),
  );
  return rows.length;
}

async function counted(database: TestDatabase, lines: Line[], caught: Pick<Caught, 'answered' | 'body'>[]) {
  const totals = { accepted: 0, lost: 0, doubled: 0, underTwoIds: 0, outOfOrder: 0 };
  for (const { customer, accepted } of lines) {
    await until(
      'every message has arrived',
      async () => (await customer.messages()).length >= accepted.length,
      20_000,
    ).catch(() => undefined);
    const shown = (await customer.messages()).filter((one) => !one.fromMe);
    const texts = shown.map((one) => one.text);
    const ids = new Map<string, Set<string>>();
    for (const one of shown) ids.set(one.text, (ids.get(one.text) ?? new Set()).add(one.id));
    totals.accepted += accepted.length;
    totals.lost += accepted.filter(({ text }) => !texts.includes(text)).length;
    totals.doubled += texts.length - new Set(texts).size;
    totals.underTwoIds += [...ids.values()].filter((one) => one.size > 1).length;
    totals.outOfOrder += texts.filter((text, n) => n > 0 && Number(text) < Number(texts[n - 1])).length;
  }
  const told = await db(database)
    .selectFrom('events')
    .select('id')
    .where('name', '=', 'message.sent')
    .execute();
  const missing = () => {
    const delivered = new Set(caught.filter((one) => one.answered === 200).map((one) => one.body.id));
    return told.filter(({ id }) => !delivered.has(id)).length;
  };
  // An event becomes a delivery a moment after its change, on a busy machine a long one.
  await until('every event has been delivered', () => missing() === 0, 20_000).catch(() => undefined);
  return { ...totals, eventsLost: missing() };
}
