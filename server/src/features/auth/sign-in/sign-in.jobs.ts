import Type from 'typebox';
import { defineJob } from '../../../platform/jobs/define.ts';

/** Somebody's password is being guessed; sealed, because it holds the address that was typed. */
export const tellOfGuessing = defineJob({
  name: 'auth.tell-of-guessing',
  payload: Type.Object({ id: Type.String(), sealed: Type.String() }),
  attemptsMax: 8,
  keepSeconds: 60,
});
