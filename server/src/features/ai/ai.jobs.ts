import Type from 'typebox';
import { hourSeconds } from '../../platform/clock.ts';
import { defineJob } from '../../platform/jobs/define.ts';

export const sweepReservations = defineJob({
  name: 'ai.sweep-reservations',
  payload: Type.Object({}),
  cron: '*/5 * * * *',
});

export const purgeCalls = defineJob({
  name: 'ai.purge-calls',
  payload: Type.Object({}),
  cron: '41 * * * *',
  timeoutSeconds: hourSeconds,
});
