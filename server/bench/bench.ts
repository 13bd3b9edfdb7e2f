import { spawnSync } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { cpus, tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { startTestSandbox } from '../test/sandbox.ts';
import { type ServerProcess, startServer } from '../test/server-process.ts';
import { openSink } from '../test/sink.ts';
import {
  type ConnectedProfile,
  connectedProfile,
  newNumber,
  newTenant,
  type Tenant,
} from '../test/tenant.ts';
import { until } from '../test/until.ts';
import { cpuOf, memoryOf, type Rate, rateOf, spreadOf } from './measure.ts';

/** Measures this gateway beside plain Baileys on the same sandbox in the same run; never part of a test. */
const messages = Number(process.env.BENCH_MESSAGES ?? 300);
const idleProfiles = Number(process.env.BENCH_PROFILES ?? 20);
const out = fileURLToPath(new URL('../../docs/bench.md', import.meta.url));

interface Row {
  what: string;
  goal: string;
  measured: string;
  ratio?: string;
}
const rows: Row[] = [];
const add = (row: Row) => {
  rows.push(row);
  console.log(`${row.what}: ${row.measured}${row.ratio ? ` (${row.ratio})` : ''}`);
};
const rate = (one: Rate) =>
  `${one.perSecond.toFixed(0)}/s, p50 ${one.p50Ms.toFixed(1)} ms, p99 ${one.p99Ms.toFixed(1)} ms`;

interface BaselineResult {
  one: Rate;
  many: Rate;
  cpuMs: number;
  perSocketMb: number;
}

const dataDir = mkdtempSync(join(tmpdir(), 'mwa-bench-'));
const sandbox = await startTestSandbox();
const env = { DATA_DIR: dataDir, SANDBOX: 'external', SANDBOX_PORT: new URL(sandbox.url).port };
let server: ServerProcess | undefined;
try {
  await measure();
  writeFileSync(out, report());
  console.log(`\nWritten to docs/bench.md`);
} finally {
  await server?.stop();
  await sandbox.stop();
  rmSync(dataDir, { recursive: true, force: true });
}

async function measure(): Promise<void> {
  server = await startServer(env);
  add({ what: 'first start to ready (makes the database)', goal: '≤ 4 s', measured: ms(server.readyMs) });
  await server.stop();
  server = await startServer(env);
  add({ what: 'start to ready, existing database', goal: '≤ 1 s', measured: ms(server.readyMs) });

  const receivers = await Promise.all(
    Array.from({ length: 16 }, async () => {
      const phone = sandbox.phone(newNumber());
      await phone.named('Customer');
      return phone.number;
    }),
  );
  const memory = baseline('memory', receivers);
  const files = baseline('files', receivers);
  const tenant = await newTenant(server.api);
  const profile = await connectedProfile(tenant, sandbox);
  await sending(server, profile, receivers, memory, files);
  await accepting(tenant, receivers);
  await receiving(tenant, profile);
  await idle(server, tenant, memory);
}

async function sending(
  running: ServerProcess,
  profile: ConnectedProfile,
  receivers: string[],
  memory: BaselineResult,
  files: BaselineResult,
): Promise<void> {
  for (const number of receivers) await profile.send(number, 'warm', { wait: 20 });
  const one = await rateOf(messages, 1, (n) => profile.send(receivers[0] ?? '', `one ${n}`, { wait: 20 }));
  add({
    what: 'send until the server’s ack, one after the other',
    goal: '≥ 200/s, p50 ≤ 6 ms; ≥ 1 × files',
    measured: rate(one),
    ratio: `${times(one, files.one)} files (${rate(files.one)}), ${times(one, memory.one)} memory (${rate(memory.one)})`,
  });
  const pid = running.child.pid ?? 0;
  const cpuBefore = cpuOf(pid);
  const many = await rateOf(messages * 2, 16, (n) =>
    profile.send(receivers[n % 16] ?? '', `many ${n}`, { wait: 20 }),
  );
  const cpuMs = (cpuOf(pid) - cpuBefore) / (messages * 2);
  add({
    what: 'the same, 16 at once over 16 chats',
    goal: '≥ 400/s, ≤ 4 ms CPU; ≥ 0.5 × memory',
    measured: `${rate(many)}, ${cpuMs.toFixed(1)} ms CPU a message`,
    ratio: `${times(many, memory.many)} memory (${rate(memory.many)}, ${memory.cpuMs.toFixed(1)} ms CPU)`,
  });
}

/** Onto a profile that is not connected, so that nothing but the accepting is measured. */
async function accepting(tenant: Tenant, receivers: string[]): Promise<void> {
  const { id: profileId } = await tenant.key.post('/profiles', { name: 'Accepting', engine: 'sandbox' });
  const accept = (n: number) =>
    tenant.key.post('/messages/text', { profileId, to: receivers[n % 16], text: `accept ${n}` });
  for (let n = 0; n < 16; n++) await accept(n);
  const flood = await rateOf(messages * 10, 32, accept);
  add({
    what: 'durable accept of POST /messages/text, 32 at once',
    goal: '≥ 1,000/s',
    measured: rate(flood),
  });
  const tookMs: number[] = [];
  const startMs = performance.now();
  await Promise.all(
    Array.from({ length: messages * 2 }, async (_, n) => {
      await new Promise((resolve) => setTimeout(resolve, Math.max(0, startMs + n * 5 - performance.now())));
      const fromMs = performance.now();
      await accept(n);
      tookMs.push(performance.now() - fromMs);
    }),
  );
  const spread = spreadOf(tookMs);
  add({
    what: 'the same at 200/s',
    goal: 'p99 ≤ 25 ms',
    measured: `p50 ${ms(spread.p50Ms)}, p99 ${ms(spread.p99Ms)}`,
  });
}

async function receiving(tenant: Tenant, profile: ConnectedProfile): Promise<void> {
  const sink = await openSink();
  await tenant.key.post('/webhooks', { url: sink.url, events: ['message.received'], profileId: profile.id });
  const customer = sandbox.phone(newNumber());
  await customer.named('Customer');
  await customer.sends(profile.phone.number, 'warm');
  await until('the first webhook', () => sink.caught.length > 0);
  const sentMs = new Map<string, number>();
  const tookMs: number[] = [];
  sink.answer = ({ body }) => {
    const from = sentMs.get(body.data.body);
    if (from !== undefined) tookMs.push(performance.now() - from);
    return 200;
  };
  const startMs = performance.now();
  await Promise.all(
    Array.from({ length: messages }, async (_, n) => {
      await new Promise((resolve) => setTimeout(resolve, Math.max(0, startMs + n * 20 - performance.now())));
      sentMs.set(`in ${n}`, performance.now());
      await customer.sends(profile.phone.number, `in ${n}`);
    }),
  );
  await until('every webhook', () => tookMs.length >= messages, 60_000);
  const spread = spreadOf(tookMs);
  add({
    what: 'a phone’s send to the webhook delivered, 50 a second (the sandbox’s share included)',
    goal: 'p50 ≤ 10 ms, p99 ≤ 60 ms',
    measured: `p50 ${ms(spread.p50Ms)}, p99 ${ms(spread.p99Ms)}`,
  });
  await sink.close();
}

async function idle(running: ServerProcess, tenant: Tenant, memory: BaselineResult): Promise<void> {
  const pid = running.child.pid ?? 0;
  const beforeMb = memoryOf(pid);
  for (let n = 0; n < idleProfiles; n++) await connectedProfile(tenant, sandbox);
  const perProfileMb = (memoryOf(pid) - beforeMb) / idleProfiles;
  add({
    what: `memory per connected idle profile (of ${idleProfiles})`,
    goal: '≤ 2 × memory baseline',
    measured: `${perProfileMb.toFixed(2)} MB; the process ${memoryOf(pid).toFixed(0)} MB`,
    ratio: `${(perProfileMb / memory.perSocketMb).toFixed(1)} × memory (${memory.perSocketMb.toFixed(2)} MB)`,
  });
  const count = idleProfiles + 1;
  await running.kill();
  server = await startServer(env);
  const upMs = performance.now();
  await until(
    'all profiles are connected again',
    async () => {
      const profiles = await (server as ServerProcess).api
        .as(credentialsOf(tenant))
        .get('/profiles?limit=200');
      return profiles.filter((one: { status: string }) => one.status === 'connected').length >= count;
    },
    120_000,
  );
  add({
    what: `kill -9 and start again with ${count} paired profiles: all connected`,
    goal: '50 in ≤ 2.5 s',
    measured: `${ms(performance.now() - upMs)} after the API answered (${ms(server.readyMs)})`,
  });
}

/** The port changed with the restart; the credentials did not. */
function credentialsOf(tenant: Tenant): Record<string, string> {
  return tenant.credentials;
}

function baseline(kind: 'memory' | 'files', receivers: string[]): BaselineResult {
  const program = fileURLToPath(new URL('./baseline-process.ts', import.meta.url));
  const number = String(BigInt(newNumber()) + 1_000_000n);
  const args = [
    '--expose-gc',
    program,
    kind,
    sandbox.url,
    number,
    receivers.join(','),
    String(messages),
    String(idleProfiles),
  ];
  const done = spawnSync(process.execPath, args, { encoding: 'utf8', timeout: 300_000 });
  const line = done.stdout.trim().split('\n').at(-1) ?? '';
  if (done.status !== 0) throw new Error(`the ${kind} baseline failed: ${done.stderr}`);
  return JSON.parse(line) as BaselineResult;
}

function times(ours: Rate, theirs: Rate): string {
  return `${(ours.perSecond / theirs.perSecond).toFixed(2)} ×`;
}

function ms(value: number): string {
  return value >= 1000 ? `${(value / 1000).toFixed(1)} s` : `${value.toFixed(1)} ms`;
}

function report(): string {
  const lines = rows.map((row) => `| ${row.what} | ${row.goal} | ${row.measured} | ${row.ratio ?? ''} |`);
  return `# Measured

\`npm run bench\`, ${new Date().toISOString().slice(0, 10)}, Node ${process.version}, ${cpus().length} cores (${cpus()[0]?.model ?? 'unknown'}).
Everything (gateway, database, sandbox network and the measuring program) shares those cores. Ratios compare with plain
Baileys on the same sandbox in the same run: *memory* keeps its keys in memory and loses them with the process, *files*
keeps them as its own example does.

| what | goal | measured | ratio |
| --- | --- | --- | --- |
${lines.join('\n')}
`;
}
