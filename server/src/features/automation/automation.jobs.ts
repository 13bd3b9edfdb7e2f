import Type from 'typebox';
import { hourSeconds } from '../../platform/clock.ts';
import { defineJob } from '../../platform/jobs/define.ts';

export const purgeRuns = defineJob({
  name: 'automation.purge-runs',
  payload: Type.Object({}),
  cron: '17 * * * *',
  timeoutSeconds: hourSeconds,
});
