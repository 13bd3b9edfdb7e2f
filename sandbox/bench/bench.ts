import { spawn } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { cpus, tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import type { Client } from '../test/client.ts';
import { TestSandbox } from '../test/kit.ts';
import { until } from '../test/until.ts';
import { cpuOf, memoryOf, quantile, timed } from './measure.ts';

/**
 * Measures the network alone in its process, with real clients in this one; never part of a test. `--quick` only says
 * whether the bench works, and writes nothing.
 */
const isQuick = process.argv.includes('--quick');
const companions = Number(process.env.BENCH_COMPANIONS ?? (isQuick ? 10 : 200));
const messages = Number(process.env.BENCH_DIRECT ?? (isQuick ? 100 : 3000));
const perSecond = Number(process.env.BENCH_RATE ?? 100);
const out = fileURLToPath(new URL('../../docs/bench-sandbox.md', import.meta.url));
const main = fileURLToPath(new URL('../src/main.ts', import.meta.url));
const PEERS = 2;
const GROUP = 100;

const rows: { what: string; goal: string; measured: string }[] = [];
function add(what: string, goal: string, measured: string): void {
  rows.push({ what, goal, measured });
  console.log(`${what}: ${measured}`);
}
const ms = (value: number): string => `${value.toFixed(value < 10 ? 1 : 0)} ms`;
const number = (index: number): string => `62877700${String(index).padStart(4, '0')}`;

const dataDir = mkdtempSync(join(tmpdir(), 'sandbox-bench-'));
const startedMs = performance.now();
const child = spawn(process.execPath, [main], {
  env: { ...process.env, SANDBOX_PORT: '0', SANDBOX_DATA_DIR: dataDir },
  stdio: ['ignore', 'pipe', 'inherit'],
});
const pid = child.pid ?? 0;
try {
  const url = await new Promise<string>((resolve) => {
    child.stdout.on('data', (text: Buffer) => {
      const found = /http:\/\/[\d.:]+/.exec(text.toString())?.[0];
      if (found) resolve(found);
    });
  });
  add('start of the network', '', ms(performance.now() - startedMs));
  await measure(TestSandbox.at(url));
  if (!isQuick) {
    writeFileSync(out, report());
    console.log('\nWritten to docs/bench-sandbox.md');
  }
} finally {
  child.kill();
  rmSync(dataDir, { recursive: true, force: true });
}
process.exit(0);

async function measure(kit: TestSandbox): Promise<void> {
  const idleMb = memoryOf(pid);
  const clients: Client[] = [];
  const cpuBefore = cpuOf(pid);
  const paired = await timed(companions, 4, async (index) => {
    clients[index] = await kit.linked(number(index));
  });
  const cpuMs = (cpuOf(pid) - cpuBefore) / companions;
  add(
    `pairing of ${companions} companions, 4 at a time`,
    '',
    `p50 ${ms(quantile(paired, 0.5))}, ${ms(cpuMs)} CPU of the network each`,
  );
  const connectedMb = memoryOf(pid);
  add(
    'memory with all of them connected',
    'bounded',
    `${connectedMb.toFixed(0)} MB; ${(((connectedMb - idleMb) * 1024) / companions).toFixed(0)} kB each`,
  );
  await direct(kit, clients);
  await phonesAlone(kit);
  await group(kit);
  await kit.close();
}

function peerOf(index: number, round: number): string {
  return number((index + 1 + (round % PEERS)) % companions);
}

async function direct(kit: TestSandbox, clients: Client[]): Promise<void> {
  await timed(companions * PEERS, 8, (index) => {
    const from = index % companions;
    return clients[from]!.say(peerOf(from, Math.floor(index / companions)), 'warm');
  });
  const [cpuBefore, mbBefore, firstMs] = [cpuOf(pid), memoryOf(pid), performance.now()];
  const ackedAfter: number[] = [];
  await Promise.all(
    Array.from({ length: messages }, async (_, index) => {
      const dueMs = firstMs + (index * 1000) / perSecond;
      await new Promise((resolve) => setTimeout(resolve, Math.max(0, dueMs - performance.now())));
      const from = index % companions;
      const client = clients[from]!;
      const sentMs = performance.now();
      const id = await client.say(peerOf(from, index), `direct ${index}`);
      await until('the ack', () => client.acks.some((ack) => ack.id === id), 60_000);
      ackedAfter.push(performance.now() - sentMs);
    }),
  );
  const heard = (): number =>
    clients.reduce(
      (sum, client) => sum + client.texts().filter((text) => text.startsWith('direct ')).length,
      0,
    );
  await until('every message heard', () => heard() >= messages, 60_000).catch(() => undefined);
  const seconds = (performance.now() - firstMs) / 1000;
  const cpuMs = (cpuOf(pid) - cpuBefore) / messages;
  const retries = (await kit.ledger('kind=retry')).length;
  add(
    `${messages} direct messages between ${companions} companions at ${perSecond}/s`,
    '100/s sustained',
    `${(messages / seconds).toFixed(0)}/s until all were heard, ${heard() - messages} lost or doubled, ${retries} asked for again; send to ack p50 ${ms(quantile(ackedAfter, 0.5))}, p99 ${ms(quantile(ackedAfter, 0.99))}`,
  );
  add(
    'CPU of the network a direct message (two phones and two companions each)',
    '',
    `${ms(cpuMs)}: one core carries ${(1000 / cpuMs).toFixed(0)}/s`,
  );
  const kb = ((memoryOf(pid) - mbBefore) * 1024) / messages;
  add(
    'memory of the network a message',
    'bounded',
    `${kb.toFixed(1)} kB over ${messages} messages; ${memoryOf(pid).toFixed(0)} MB in all`,
  );
}

/** Mail that nobody looks at is read when there is nothing else to do. */
async function phonesAlone(kit: TestSandbox): Promise<void> {
  const [startMs, cpuBefore] = [performance.now(), cpuOf(pid)];
  const waiting = async (): Promise<number> => {
    const { body } = await kit.get<{ pending: number }[]>('/api/phones?limit=1000');
    return body.reduce((sum, phone) => sum + phone.pending, 0);
  };
  const atFirst = await waiting();
  await until('all mail read', async () => (await waiting()) === 0, 300_000);
  add(
    'letters that phones read in idle time afterwards',
    '',
    `${atFirst} in ${ms(performance.now() - startMs)}, ${ms((cpuOf(pid) - cpuBefore) / Math.max(1, atFirst))} CPU each`,
  );
}

async function group(kit: TestSandbox): Promise<void> {
  const members = Array.from(
    { length: GROUP - 1 },
    (_, index) => `62878800${String(index).padStart(4, '0')}`,
  );
  const by = '628788009999';
  const { body } = await kit.post<{ jid: string }>('/api/groups', { by, subject: 'Bench', members });
  const say = (text: string) => kit.post(`/api/phones/${by}/messages`, { to: body.jid, type: 'text', text });
  const [first] = await timed(1, 1, () => say('first'));
  const took = await timed(200, 4, (index) => say(`group ${index}`));
  const last = await timed(1, 1, async () => {
    const seen = await kit.seen(members[0] ?? '', body.jid);
    if (seen.length !== 201) throw new Error(`a member saw ${seen.length} of 201 messages`);
  });
  add(`a phone's first message to a group of ${GROUP}`, '', ms(first ?? 0));
  add('the next ones, 4 at a time', '', `p50 ${ms(quantile(took, 0.5))}`);
  add('a member looks at 201 of them for the first time', '', ms(last[0] ?? 0));
}

function report(): string {
  const head = `# The sandbox network, measured

\`npm run bench\`, ${new Date().toISOString().slice(0, 10)}, Node ${process.version}, ${cpus().length} cores (${cpus()[0]?.model.trim() ?? 'unknown'}).
The network runs in one process; the real clients that load it run in another on the same cores.

| what | goal | measured |
| --- | --- | --- |
`;
  return `${head}${rows.map((row) => `| ${row.what} | ${row.goal} | ${row.measured} |`).join('\n')}\n`;
}
