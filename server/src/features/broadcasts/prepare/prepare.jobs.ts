import Type from 'typebox';
import { hourSeconds } from '../../../platform/clock.ts';
import { defineJob } from '../../../platform/jobs/define.ts';

/** Each run goes on where the last one was interrupted. */
export const prepareBroadcast = defineJob({
  name: 'broadcasts.prepare',
  payload: Type.Object({ broadcastId: Type.String() }),
  onceKey: ({ broadcastId }) => broadcastId,
  ofOneMax: 4,
  attemptsMax: 50,
  timeoutSeconds: 4 * hourSeconds,
});
