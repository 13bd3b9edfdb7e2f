import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { fileURLToPath } from 'node:url';
import { sql } from 'kysely';
import { pino } from 'pino';
import Type from 'typebox';
import { afterAll, afterEach, beforeAll, expect, test } from 'vitest';
import { type TestDatabase, testDatabase } from '../../../test/database.ts';
import { eventually } from '../../../test/kit/eventually.ts';
import { startJobs } from '../../jobs/index.ts';
import { later, systemClock } from '../clock.ts';
import { notify } from '../db/channels.ts';
import { inTransaction } from '../db/transaction.ts';
import { silentLog } from '../log.ts';
import { type BoundJob, defineJob, type JobDefinition } from './define.ts';
import { jobsChannel } from './job-rows.store.ts';
import { createJobs, type Jobs } from './jobs.ts';
import { endless } from './testing-node.ts';

let house: TestDatabase;
const running: Jobs[] = [];

beforeAll(async () => {
  house = await testDatabase();
});
afterEach(async () => {
  for (const jobs of running.splice(0)) await jobs.stop();
});
afterAll(async () => house.drop());

async function start(...bound: BoundJob[]): Promise<Jobs> {
  const jobs = createJobs({ database: house.database, clock: systemClock, log: silentLog });
  running.push(jobs);
  jobs.bind(bound, []);
  await jobs.start();
  return jobs;
}
const numbered = (name: string, more: Partial<Parameters<typeof defineJob>[0]> = {}) =>
  defineJob({ name, backoffSeconds: 1, ...more, payload: Type.Object({ n: Type.Number() }) } as {
    name: string;
    payload: ReturnType<typeof Type.Object<{ n: ReturnType<typeof Type.Number> }>>;
  });
const enqueue = (jobs: Jobs, job: ReturnType<typeof numbered>, n: number, startAfter?: Date) =>
  inTransaction(house.database.db, (tx) => jobs.enqueue(tx, job, { n }, startAfter ? { startAfter } : {}));

test('a job runs soon after its transaction commits, with its payload', async () => {
  const job = numbered('test.simple');
  const numbers: number[] = [];
  const jobs = await start(job.runs(async ({ n }) => void numbers.push(n)));
  const startedAt = performance.now();
  await enqueue(jobs, job, 1);
  await eventually(() => expect(numbers).toEqual([1]));
  process.stdout.write(`enqueue to deed: ${(performance.now() - startedAt).toFixed(1)} ms\n`);
});

test('a job that another node has put begins within a second of its commit', async () => {
  const job = numbered('test.elsewhere');
  const done: number[] = [];
  await start(job.runs(async ({ n }) => void done.push(n)));
  const other = await start();
  await enqueue(other, job, 1);
  await eventually(() => expect(done).toEqual([1]), 1_000);
});

test('jobs that mention somebody who is erased are forgotten, waiting or done, and no others', async () => {
  const job = numbered('test.erased');
  const numbers: number[] = [];
  const jobs = await start(job.runs(async ({ n }) => void numbers.push(n)));
  const mentions = async () => {
    const { rows } = await sql<{ n: number }>`select (data->>'n')::int as n from jobs.job
      where name = ${job.name} order by 1`.execute(house.database.db);
    return rows.map(({ n }) => n);
  };
  for (const n of [41_000_001, 41_000_002]) await enqueue(jobs, job, n);
  await enqueue(jobs, job, 41_000_003, later(new Date(), 3_600_000));
  await eventually(() => expect(numbers).toHaveLength(2));
  await inTransaction(house.database.db, (tx) =>
    jobs.enqueue(tx, job, { n: 41_000_004 }, { startAfter: later(new Date(), 3_600_000), whose: 'erased' }),
  );
  await inTransaction(house.database.db, (tx) => jobs.discard(tx, ['41000001', '41000003', 'erased']));
  expect(await mentions()).toEqual([41_000_002]);
});

test('a job of a transaction that is rolled back never runs', async () => {
  const job = numbered('test.rolled-back');
  const numbers: number[] = [];
  const jobs = await start(job.runs(async ({ n }) => void numbers.push(n)));
  const undone = inTransaction(house.database.db, async (tx) => {
    await jobs.enqueue(tx, job, { n: 1 });
    throw new Error('no');
  });
  await expect(undone).rejects.toThrow('no');
  await enqueue(jobs, job, 2);
  await eventually(() => expect(numbers).toEqual([2]));
});

test('twenty delayed jobs begin within half a second of their time, and none before it', async () => {
  const job = numbered('test.delayed');
  const moments: number[] = [];
  const jobs = await start(job.runs(async () => void moments.push(Date.now())));
  const due = later(new Date(), 1_200);
  for (let n = 0; n < 20; n++) await enqueue(jobs, job, n, due);
  await eventually(() => expect(moments).toHaveLength(20));
  const lateness = moments.map((at) => at - due.getTime()).sort((a, b) => a - b);
  process.stdout.write(`delayed jobs late by: ${lateness[0]}..${lateness.at(-1)} ms\n`);
  expect(lateness[0]).toBeGreaterThanOrEqual(-20);
  expect(lateness.at(-1)).toBeLessThan(1_000);
});

test('a job that fails is tried again until its attempts end', async () => {
  const job = numbered('test.failing', { attemptsMax: 2 });
  let attempts = 0;
  const jobs = await start(
    job.runs(async () => {
      attempts++;
      throw new Error('not today');
    }),
  );
  await enqueue(jobs, job, 1);
  await eventually(() => expect(attempts).toBe(2));
  const after = numbered('test.after');
  await start(after.runs(async () => undefined));
  expect(attempts).toBe(2);
});

test('a job that absorbs another begins when that has committed, and knows of it', async () => {
  const { db } = house.database;
  const job = numbered('test.absorbs', { onceKey: () => 'the-key' } as never);
  const beside = numbered('test.beside');
  await sql`create table absorbed (n integer)`.execute(db);
  const [seen, done]: [number[], number[]] = [[], []];
  const jobs = await start(
    job.runs(async () => {
      const { rows } = await sql<{ count: number }>`select count(*)::int as count from absorbed`.execute(db);
      seen.push(rows[0]?.count ?? 0);
    }),
    beside.runs(async ({ n }) => void done.push(n)),
  );
  const due = later(new Date(), 2_000);
  await enqueue(jobs, job, 1, due);
  await enqueue(jobs, beside, 1, later(due, 200));
  await inTransaction(db, async (tx) => {
    await sql`insert into absorbed values (1)`.execute(tx);
    await jobs.enqueue(tx, job, { n: 2 });
    // One of a later moment has been done.
    await eventually(() => expect(done).toEqual([1]));
    expect(seen).toEqual([]);
  });
  await eventually(() => expect(seen).toEqual([1]));
});

test('with a once-key one waits while one works, and others are absorbed', async () => {
  const job = numbered('test.once', { onceKey: () => 'the-key' } as never);
  const numbers: number[] = [];
  let finish = () => {};
  const jobs = await start(
    job.runs(async ({ n }) => {
      numbers.push(n);
      await new Promise<void>((resolve) => {
        finish = resolve;
      });
    }),
  );
  await enqueue(jobs, job, 1);
  await eventually(() => expect(numbers).toEqual([1]));
  for (const n of [2, 3, 4]) await enqueue(jobs, job, n);
  expect(numbers).toEqual([1]);
  finish();
  await eventually(() => expect(numbers).toEqual([1, 2]));
  finish();
  await enqueue(jobs, job, 5);
  await eventually(() => expect(numbers).toEqual([1, 2, 5]));
  finish();
});

test('a slow job holds up no other job of its queue', async () => {
  const job = numbered('test.slow');
  const numbers: number[] = [];
  let finish = () => {};
  const jobs = await start(
    job.runs(async ({ n }) => {
      if (n === 0)
        await new Promise<void>((resolve) => {
          finish = resolve;
        });
      numbers.push(n);
    }),
  );
  for (let n = 0; n < 30; n++) await enqueue(jobs, job, n);
  await eventually(() => expect(numbers).toHaveLength(29));
  finish();
  await eventually(() => expect(numbers).toHaveLength(30));
});

test('of one organisation so many run at once, and behind them those of others begin', async () => {
  const job = numbered('test.shared', { ofOneMax: 2 });
  const begun: number[] = [];
  const ends = Promise.withResolvers<void>();
  const deed = job.runs(async ({ n }) => {
    begun.push(n);
    if (n < 100) await ends.promise;
  });
  const jobs = await start(deed);
  const put = (n: number, whose: string) =>
    inTransaction(house.database.db, (tx) => jobs.enqueue(tx, job, { n }, { whose }));
  for (let n = 0; n < 20; n++) await put(n, 'slow');
  await eventually(() => expect(begun).toHaveLength(2));
  for (const n of [100, 101, 102]) await put(n, `other ${n}`);
  await eventually(() => expect(begun.slice(2).sort()).toEqual([100, 101, 102]));
  await start(deed);
  await put(103, 'other 103');
  await eventually(() => expect(begun).toContain(103));
  expect(
    begun.filter((n) => n < 100),
    'on all nodes together',
  ).toHaveLength(2);
  ends.resolve();
  await eventually(() => expect(begun).toHaveLength(24), 10_000);
});

test('stopping tells deeds to stop and gives unfinished jobs to the next node', async () => {
  const job = numbered('test.stopped');
  let isAborted = false;
  const jobs = await start(
    job.runs(
      (_, signal) =>
        new Promise((_resolve, reject) => {
          signal.addEventListener('abort', () => {
            isAborted = true;
            reject(new Error('stopped'));
          });
        }),
    ),
  );
  await enqueue(jobs, job, 7);
  await eventually(async () => {
    const { rows } = await house.database.pool.query(
      `select from jobs.job where name = 'test.stopped' and state = 'active'`,
    );
    expect(rows).toHaveLength(1);
  });
  await jobs.stop();
  running.splice(running.indexOf(jobs), 1);
  expect(isAborted).toBe(true);
  const numbers: number[] = [];
  await start(job.runs(async ({ n }) => void numbers.push(n)));
  await eventually(() => expect(numbers).toEqual([7]));
});

test('the job of a handler killed by SIGKILL is begun elsewhere within 15 seconds', async () => {
  const numbers: number[] = [];
  const program = fileURLToPath(new URL('testing-node.ts', import.meta.url));
  const child = spawn(process.execPath, [program, house.databaseUrl], {
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  const opener = await start(endless.runs(() => new Promise(() => undefined)));
  await opener.stop();
  running.splice(running.indexOf(opener), 1);
  const sender = createJobs({ database: house.database, clock: systemClock, log: silentLog });
  running.push(sender);
  await sender.start();
  await inTransaction(house.database.db, (tx) => sender.enqueue(tx, endless, { n: 9 }));
  await once(child.stdout, 'data');
  child.kill('SIGKILL');
  await once(child, 'exit');
  const killedAt = performance.now();
  await start(endless.runs(async ({ n }) => void numbers.push(n)));
  await eventually(() => expect(numbers).toEqual([9]));
  const seconds = (performance.now() - killedAt) / 1_000;
  process.stdout.write(`a killed handler's job is back after ${seconds.toFixed(1)} s\n`);
  expect(seconds).toBeLessThan(15);
});

test('a job that is enqueued but not done, or named twice, is refused with a sentence', async () => {
  const job = numbered('test.orphan');
  const jobs = createJobs({ database: house.database, clock: systemClock, log: silentLog });
  const runs = job.runs(async () => undefined);
  const feature = (more: { jobs?: BoundJob[]; enqueues?: JobDefinition[] }) => ({ name: 'test', ...more });
  await expect(startJobs(jobs, [feature({ enqueues: [job as never] })])).rejects.toThrow(
    "'test.orphan' is enqueued but nobody does it",
  );
  await expect(startJobs(jobs, [feature({ jobs: [runs] }), feature({ jobs: [runs] })])).rejects.toThrow(
    "Two jobs are called 'test.orphan'",
  );
  await jobs.stop();
});

test('cron entries follow the definitions: new ones appear and dropped ones go', async () => {
  const schedules = async () => {
    const { rows } = await house.database.pool.query<{ name: string; cron: string }>(
      'select name, cron from jobs.schedule',
    );
    return rows.map((row) => `${row.name} ${row.cron}`);
  };
  const daily = defineJob({ name: 'test.daily', payload: Type.Object({}), cron: '0 3 * * *' });
  await start(daily.runs(async () => undefined));
  expect(await schedules()).toEqual(['test.daily 0 3 * * *']);
  const startedAt = performance.now();
  await start();
  process.stdout.write(`opening the queues again: ${(performance.now() - startedAt).toFixed(0)} ms\n`);
  expect(await schedules()).toEqual([]);
});

test('the store keeps itself in order without a complaint: stale counts, dead handlers, old jobs', async () => {
  const complaints: unknown[] = [];
  const log = pino({ level: 'debug' }, { write: (line: string) => void complaints.push(JSON.parse(line)) });
  const job = numbered('test.kept');
  const jobs = createJobs({ database: house.database, clock: systemClock, log });
  running.push(jobs);
  jobs.bind([job.runs(async () => undefined)], []);
  await jobs.start();
  await enqueue(jobs, job, 1);
  await eventually(async () => {
    const { rows } = await house.database.pool.query(
      `select from jobs.queue where name = 'test.kept' and monitor_on is not null and maintain_on is not null`,
    );
    expect(rows).toHaveLength(1);
  });
  await jobs.stop();
  running.splice(running.indexOf(jobs), 1);
  expect(complaints).toEqual([]);
});

test('a done job with a short stay is forgotten after it; a failed one is kept for longer', async () => {
  const short = numbered('test.short-stay', { keepSeconds: 60, attemptsMax: 1 });
  const usual = numbered('test.usual-stay');
  const numbers: number[] = [];
  const deed = async ({ n }: { n: number }) => {
    if (n === 2) throw new Error('no');
    numbers.push(n);
  };
  const { pool } = house.database;
  const stays = async () => {
    const { rows } = await pool.query<{ n: number; state: string; seconds: number }>(
      `select (data->>'n')::int as n, state, deletion_seconds as seconds from jobs.job
       where name like 'test.%-stay' order by 1`,
    );
    return rows.map(({ n, state, seconds }) => [n, state, seconds]);
  };
  const jobs = await start(short.runs(deed), usual.runs(deed));
  await enqueue(jobs, short, 1);
  await enqueue(jobs, short, 2);
  await enqueue(jobs, usual, 3);
  const kept = [
    [2, 'failed', 86_400],
    [3, 'completed', 3 * 86_400],
  ];
  await eventually(async () => expect(await stays()).toEqual([[1, 'completed', 60], ...kept]));
  await pool.query(
    `update jobs.job set completed_on = completed_on - interval '1 hour' where name like 'test.%-stay'`,
  );
  await pool.query(`update jobs.queue set maintain_on = maintain_on - interval '61 seconds'`);
  await notify(house.database.db, jobsChannel);
  await eventually(async () => expect(await stays()).toEqual(kept));
});
