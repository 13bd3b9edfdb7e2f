import Type from 'typebox';
import { passwordLengthMax } from './password/password-hash.ts';

/** Fields that several bodies of this area share. */
export const Email = Type.String({ format: 'email', maxLength: 254, examples: ['owner@example.com'] });
export const Password = Type.String({
  maxLength: passwordLengthMax * 4,
  examples: ['three blue bicycles'],
  description: 'Any characters, spaces too. Common passwords are refused.',
});

export const SuccessMessage = Type.Object(
  { success: Type.Boolean({ examples: [true] }), message: Type.String({ examples: ['Done'] }) },
  { title: 'SuccessMessage' },
);

/** The bound is longer than any code with blanks; any other text is answered as a wrong code. */
export const Code = Type.String({
  maxLength: 64,
  examples: ['492039'],
  description: 'Six digits of the authenticator app, or a backup code.',
});
