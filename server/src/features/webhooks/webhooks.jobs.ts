import Type from 'typebox';
import { hourSeconds } from '../../platform/clock.ts';
import { defineJob } from '../../platform/jobs/define.ts';

export const purgeDeliveries = defineJob({
  name: 'webhooks.purge-deliveries',
  payload: Type.Object({}),
  cron: '23 3 * * *',
  timeoutSeconds: hourSeconds,
});
