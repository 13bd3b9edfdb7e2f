import { expect, test } from 'vitest';
import { floodOfNonsense } from './stranger-rig.ts';

test('nothing a stranger writes holds up, loses or doubles what others write', async () => {
  const report = await floodOfNonsense({ contents: 150, seed: 20_260_401, honestEveryMs: 200 });
  expect(report).toMatchObject({
    missing: 0,
    honestMissing: 0,
    eventsMissing: 0,
    leftInJournal: 0,
    connectionsLost: 0,
    broughtAgain: 0,
  });
  expect(report.unsupported).toBeGreaterThan(0);
  // Seconds on a busy machine; one that is held up by another waits without end.
  expect(report.honestMedianMs).toBeLessThan(5000);
  expect(report.honestSlowestMs).toBeLessThan(20_000);
  expect(report.logLines).toBeLessThanOrEqual(report.contents);
  expect(report.memoryMbMax - report.memoryMbAtStart).toBeLessThan(300);
});
