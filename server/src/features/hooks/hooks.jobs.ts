import Type from 'typebox';
import { hourSeconds } from '../../platform/clock.ts';
import { defineJob } from '../../platform/jobs/define.ts';

export const purgeReceipts = defineJob({
  name: 'hooks.purge-receipts',
  payload: Type.Object({}),
  cron: '41 * * * *',
  timeoutSeconds: hourSeconds,
});
