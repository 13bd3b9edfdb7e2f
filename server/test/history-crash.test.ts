import { expect, test } from 'vitest';
import { pastUnderKill } from './history-rig.ts';

test('a kill while the past is stored loses and doubles nothing of it', async () => {
  const { onPhone, storedAtKill, ...report } = await pastUnderKill({ chats: 40, messages: [3_000] });
  expect(storedAtKill).toBeLessThan(onPhone);
  expect(report).toMatchObject({ stored: onPhone, counted: onPhone, leftOver: 0 });
});
