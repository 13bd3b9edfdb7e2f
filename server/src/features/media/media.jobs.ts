import Type from 'typebox';
import { hourSeconds } from '../../platform/clock.ts';
import { defineJob } from '../../platform/jobs/define.ts';

/** Removes the files that nobody has and whose time is over. */
export const cleanUpMedia = defineJob({
  name: 'media.clean-up',
  payload: Type.Object({}),
  cron: '*/10 * * * *',
  timeoutSeconds: hourSeconds,
});

/** Each run goes on where the last one was interrupted. */
export const moveMedia = defineJob({
  name: 'media.move',
  payload: Type.Object({ moveId: Type.String() }),
  onceKey: ({ moveId }) => moveId,
  attemptsMax: 50,
  timeoutSeconds: 4 * hourSeconds,
});
