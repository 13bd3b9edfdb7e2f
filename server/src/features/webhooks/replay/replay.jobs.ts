import Type from 'typebox';
import { hourSeconds } from '../../../platform/clock.ts';
import { defineJob } from '../../../platform/jobs/define.ts';

/** Each run goes on where the last one was interrupted. */
export const replayDeliveries = defineJob({
  name: 'webhooks.replay',
  payload: Type.Object({ replayId: Type.String() }),
  onceKey: ({ replayId }) => replayId,
  ofOneMax: 4,
  attemptsMax: 20,
  timeoutSeconds: hourSeconds,
});
