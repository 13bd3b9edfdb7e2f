import Type from 'typebox';
import { defineJob } from '../../platform/jobs/define.ts';

/** The letter is sealed: links in it open doors, and jobs are kept for a while. */
export const deliverLetter = defineJob({
  name: 'mail.deliver',
  payload: Type.Object({ id: Type.String(), sealed: Type.String() }),
  attemptsMax: 12,
  backoffSeconds: 10,
  timeoutSeconds: 60,
});
