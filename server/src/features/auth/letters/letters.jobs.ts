import Type from 'typebox';
import { defineJob } from '../../../platform/jobs/define.ts';

/** Somebody asked for a new password; sealed, because it holds the address that was typed and the link. */
export const writeResetLetter = defineJob({
  name: 'auth.write-reset-letter',
  payload: Type.Object({ id: Type.String(), sealed: Type.String() }),
  attemptsMax: 8,
  keepSeconds: 60,
});
