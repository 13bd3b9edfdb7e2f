import Type from 'typebox';
import { hourSeconds } from '../../platform/clock.ts';
import { defineJob } from '../../platform/jobs/define.ts';

/** Each run goes on where the last one was interrupted. */
export const doBulkAct = defineJob({
  name: 'bulk-acts.do',
  payload: Type.Object({ bulkId: Type.String() }),
  onceKey: ({ bulkId }) => bulkId,
  ofOneMax: 4,
  attemptsMax: 50,
  timeoutSeconds: 4 * hourSeconds,
});
