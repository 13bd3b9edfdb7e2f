import Type from 'typebox';
import { defineJob } from '../../platform/jobs/define.ts';

export const purgeEvents = defineJob({
  name: 'events.purge',
  payload: Type.Object({}),
  cron: '11 3 * * *',
  timeoutSeconds: 3_600,
});
