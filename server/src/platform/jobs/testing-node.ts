/** For the crash test: a node that takes one job, says so, and never finishes it. */
import Type from 'typebox';
import { systemClock } from '../clock.ts';
import { connectDatabase } from '../db/connect.ts';
import { silentLog } from '../log.ts';
import { defineJob } from './define.ts';
import { createJobs } from './jobs.ts';

export const endless = defineJob({
  name: 'test.endless',
  payload: Type.Object({ n: Type.Number() }),
  backoffSeconds: 1,
  timeoutSeconds: 600,
});

const [databaseUrl] = process.argv.slice(2);
if (databaseUrl?.startsWith('postgres')) {
  const database = await connectDatabase({ databaseUrl, dataDir: '', log: silentLog, poolSize: 4 });
  const jobs = createJobs({ database, clock: systemClock, log: silentLog });
  const never = () => {
    process.stdout.write('begun\n');
    return new Promise<void>(() => undefined);
  };
  jobs.bind([endless.runs(never)], []);
  await jobs.start();
}
