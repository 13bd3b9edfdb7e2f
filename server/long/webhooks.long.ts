import { test } from 'vitest';
import { killWhileDelivering } from '../test/webhook-crash-rig.ts';

test('killed three times with deliveries pending, no event is lost and no success is repeated', async () => {
  await killWhileDelivering({ kills: 3, events: 400 });
});
