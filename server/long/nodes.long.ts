import { expect, test } from 'vitest';
import { killAndReturn } from '../test/nodes-rig.ts';

test('nodes killed and returned ten times lose and double nothing: phones send again within 10 s', async () => {
  const { rounds, ...totals } = await killAndReturn({ rounds: 10, profiles: 20, everyMs: 250 });
  console.table(rounds);
  console.table([totals]);
  expect(totals).toMatchObject({ lost: 0, doubled: 0, underTwoIds: 0, outOfOrder: 0, eventsLost: 0 });
  for (const round of rounds) {
    expect(round.everyProfileMs).toBeLessThan(10_000);
    expect(round.deliveriesMs).toBeLessThan(5000);
  }
}, 900_000);
