import { test } from 'vitest';
import { killWhileDelivering } from '../../../test/webhook-crash-rig.ts';

test('killed with deliveries pending, no event is lost and no recorded success is repeated', async () => {
  await killWhileDelivering({ kills: 1, events: 200 });
});
