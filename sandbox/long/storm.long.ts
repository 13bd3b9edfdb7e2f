import { expect, test } from 'vitest';
import { storm } from '../test/storm.ts';
import type { StormReport } from '../test/storm-report.ts';

const order = { messages: 10_000, sockets: 8, seed: 11, patienceMs: 300_000 };

test('in a storm of 10,000 direct, LID and group messages none is lost and none comes twice', async () => {
  const report = await storm(order);
  print(report);
  // A client whose sessions crossed refuses a few for good, or sends them again no more; the network gave every one.
  expect(report.givenUp.length).toBeLessThanOrEqual(10);
  expect(report).toMatchObject({ sent: 10_000, lost: [], doubled: [] });
});

test('in the same storm clients that lose no session step are never asked for anything again', async () => {
  const report = await storm({ ...order, sound: true });
  print(report);
  expect(report).toMatchObject({ sent: 10_000, lost: [], doubled: [], givenUp: [], retries: { asked: 0 } });
});

function print({ lost, doubled, givenUp, retries: { reasons, ...retries }, ...report }: StormReport): void {
  const counts = { lost: lost.length, doubled: doubled.length, givenUp: givenUp.length };
  console.table({ ...report, ...counts, ...retries });
  console.table(reasons);
  console.log(givenUp.join('\n'));
}
