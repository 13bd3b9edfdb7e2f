import { expect, test } from 'vitest';
import { floodOfNonsense } from '../test/stranger-rig.ts';

test('2,000 contents of a stranger hold up nobody: what others write is stored within a second', async () => {
  const report = await floodOfNonsense({ contents: 2000, seed: 20_260_402, honestEveryMs: 1000 });
  const rows = Object.entries(report).map(([what, value]) => `| ${what} | ${value} |`);
  console.log(['', '| hostile stranger | |', '| --- | --- |', ...rows, ''].join('\n'));
  expect(report).toMatchObject({
    missing: 0,
    honestMissing: 0,
    eventsMissing: 0,
    leftInJournal: 0,
    connectionsLost: 0,
    broughtAgain: 0,
  });
  expect(report.honestSlowestMs).toBeLessThan(1000);
  expect(report.logLines).toBeLessThanOrEqual(report.contents);
  expect(report.memoryMbMax - report.memoryMbAtStart).toBeLessThan(400);
}, 600_000);
