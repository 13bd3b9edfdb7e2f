import Type from 'typebox';
import { hourSeconds } from '../../platform/clock.ts';
import { defineJob } from '../../platform/jobs/define.ts';

/** Deletes what organisations keep for a limited time. */
export const forgetOldMessages = defineJob({
  name: 'messages.forget-old',
  payload: Type.Object({}),
  cron: '37 * * * *',
  attemptsMax: 1,
  timeoutSeconds: hourSeconds,
});

export const expireMessages = defineJob({
  name: 'messages.expire',
  payload: Type.Object({}),
  cron: '* * * * *',
  attemptsMax: 1,
});
