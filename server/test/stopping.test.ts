import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { chmod, mkdtemp, readdir, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { expect, onTestFinished, test } from 'vitest';
import { builtFolder } from './kit/built.ts';
import { until } from './until.ts';

const root = fileURLToPath(new URL('../..', import.meta.url));

async function folder(): Promise<string> {
  const dir = await mkdtemp(join(tmpdir(), 'mwa-stop-'));
  await chmod(dir, 0o711);
  onTestFinished(async () => {
    for (const pid of await processesOf(dir)) process.kill(pid, 'SIGKILL');
    await rm(dir, { recursive: true, force: true, maxRetries: 5 });
  });
  return dir;
}

/** Every process that was started with this folder in its arguments or its environment. */
async function processesOf(dir: string): Promise<number[]> {
  const pids = (await readdir('/proc')).map(Number).filter((pid) => pid > 0 && pid !== process.pid);
  const ours = await Promise.all(
    pids.map(async (pid) => {
      const read = (name: string) => readFile(`/proc/${pid}/${name}`, 'utf8').catch(() => '');
      return ((await read('cmdline')) + (await read('environ'))).includes(dir);
    }),
  );
  return pids.filter((_, index) => ours[index]);
}

function run(program: string, args: string[], dataDir: string, cwd = root): ChildProcess {
  const env = {
    PATH: process.env.PATH ?? '',
    HOME: dataDir,
    DATA_DIR: dataDir,
    PORT: '0',
    SANDBOX_PORT: '0',
  };
  return spawn(program, args, { cwd, env, stdio: ['ignore', 'pipe', 'inherit'] });
}

const has = async (dir: string, prefix: string) =>
  (await readdir(dir).catch(() => [])).some((name) => name.startsWith(prefix));

test.each([
  ['while the database is made', (dir: string) => has(dir, 'postgres.half-')],
  ['while PostgreSQL starts', (dir: string) => has(dir, 'postgres.log')],
])('TERM %s takes down everything the start has begun', async (_, moment) => {
  const dir = await folder();
  const child = run(process.execPath, ['dist/server.js'], dir, await builtFolder());
  await until('the moment', () => moment(dir), 120_000);
  const gone = once(child, 'exit');
  child.kill('SIGTERM');
  expect(await gone).toEqual([0, null]);
  await until('every process has ended', async () => (await processesOf(dir)).length === 0);
  expect(await has(dir, 'postgres.half-')).toBe(false);
});

test('TERM to npm start ends server, database and sandbox, also while the sandbox starts', async () => {
  const dir = await folder();
  const npmStart = async (isTime: (said: string) => boolean | Promise<boolean>) => {
    const child = run('npm', ['start'], dir);
    let said = '';
    child.stdout?.on('data', (text: Buffer) => {
      said += text.toString();
    });
    // From the source, with nothing compiled yet, on a machine that has other work.
    await until('the moment', () => isTime(said), 120_000);
    const gone = once(child, 'exit');
    child.kill('SIGTERM');
    await gone;
    await until('every process has ended', async () => (await processesOf(dir)).length === 0);
  };
  await npmStart((said) => said.includes('is ready'));
  await rm(join(dir, 'sandbox'), { recursive: true });
  await npmStart(() => has(join(dir, 'sandbox'), 'sandbox.log'));
});
