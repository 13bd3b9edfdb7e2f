import { expect, test } from 'vitest';
import { pastUnderKill } from '../test/history-rig.ts';

test('a past of 200,000 messages is stored under 400 MB, with a kill in the middle', async () => {
  const report = await pastUnderKill({ chats: 1000, messages: [100_000, 100_000] });
  const rows = Object.entries(report).map(([what, value]) => `| ${what} | ${value} |`);
  console.log(['', '| history | |', '| --- | --- |', ...rows, ''].join('\n'));
  expect(report).toMatchObject({ stored: report.onPhone, counted: report.onPhone, leftOver: 0 });
  expect(report.rssMbMax).toBeLessThan(400);
}, 1_800_000);
