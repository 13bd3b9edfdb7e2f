import Type from 'typebox';
import { defineJob } from '../../platform/jobs/define.ts';

export const expireMessages = defineJob({
  name: 'messages.expire',
  payload: Type.Object({}),
  cron: '* * * * *',
  attemptsMax: 1,
});
