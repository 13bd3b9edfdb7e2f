import Type from 'typebox';
import { hourSeconds } from '../../platform/clock.ts';
import { defineJob } from '../../platform/jobs/define.ts';

export const purgeEvents = defineJob({
  name: 'events.purge',
  payload: Type.Object({}),
  cron: '11 3 * * *',
  timeoutSeconds: hourSeconds,
});
