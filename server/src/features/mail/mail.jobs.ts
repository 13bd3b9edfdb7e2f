import Type from 'typebox';
import { defineJob } from '../../platform/jobs/define.ts';

/** The letter is sealed, because links in it open doors; delivered, it is soon forgotten. */
export const deliverLetter = defineJob({
  name: 'mail.deliver',
  payload: Type.Object({ id: Type.String(), sealed: Type.String() }),
  attemptsMax: 12,
  backoffSeconds: 10,
  timeoutSeconds: 60,
  keepSeconds: 60,
});
