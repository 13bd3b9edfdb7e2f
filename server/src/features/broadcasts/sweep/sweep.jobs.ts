import Type from 'typebox';
import { hourSeconds } from '../../../platform/clock.ts';
import { defineJob } from '../../../platform/jobs/define.ts';

/** Each run goes on where the last one was interrupted. */
export const sweepBroadcast = defineJob({
  name: 'broadcasts.sweep',
  payload: Type.Object({ broadcastId: Type.String() }),
  onceKey: ({ broadcastId }) => broadcastId,
  attemptsMax: 20,
  timeoutSeconds: 2 * hourSeconds,
});
