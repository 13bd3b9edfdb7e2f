import Type from 'typebox';
import { defineJob } from '../../../platform/jobs/define.ts';

/** A password is being guessed; the payload is sealed, because it contains the typed address. */
export const tellOfGuessing = defineJob({
  name: 'auth.tell-of-guessing',
  payload: Type.Object({ id: Type.String(), sealed: Type.String() }),
  attemptsMax: 8,
  keepSeconds: 60,
});
