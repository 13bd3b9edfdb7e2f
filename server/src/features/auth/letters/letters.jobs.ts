import Type from 'typebox';
import { defineJob } from '../../../platform/jobs/define.ts';

/** A new password was requested; the payload is sealed, because it contains the typed address and the link. */
export const writeResetLetter = defineJob({
  name: 'auth.write-reset-letter',
  payload: Type.Object({ id: Type.String(), sealed: Type.String() }),
  attemptsMax: 8,
  keepSeconds: 60,
});
