import { expect, test } from 'vitest';
import { storm } from '../test/storm.ts';

test('in a storm of 10,000 direct, LID and group messages nothing is lost and nothing comes twice', async () => {
  const report = await storm({ messages: 10_000, sockets: 8, seed: 11, patienceMs: 300_000 });
  const { reasons, ...retries } = report.retries;
  console.table({
    ...report,
    ...retries,
    lost: report.lost.length,
    doubled: report.doubled.length,
    givenUp: report.givenUp.length,
    retries: undefined,
  });
  console.table(reasons);
  console.log(report.givenUp.join('\n'));
  // A client whose sessions crossed refuses a few for good; the network gave it every one.
  expect(report.givenUp.length).toBeLessThanOrEqual(10);
  expect(report).toMatchObject({ sent: 10_000, lost: [], doubled: [] });
});
