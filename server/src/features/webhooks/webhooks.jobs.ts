import Type from 'typebox';
import { defineJob } from '../../platform/jobs/define.ts';

export const purgeDeliveries = defineJob({
  name: 'webhooks.purge-deliveries',
  payload: Type.Object({}),
  cron: '23 3 * * *',
  timeoutSeconds: 3_600,
});
