import Type from 'typebox';
import { hourSeconds } from '../../../platform/clock.ts';
import { defineJob } from '../../../platform/jobs/define.ts';

/** Each run goes on where the last one was interrupted. */
export const importContacts = defineJob({
  name: 'contacts.import',
  payload: Type.Object({ importId: Type.String() }),
  onceKey: ({ importId }) => importId,
  ofOneMax: 4,
  attemptsMax: 50,
  timeoutSeconds: 4 * hourSeconds,
});
