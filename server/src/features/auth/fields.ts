import Type from 'typebox';
import { passwordLengthMax } from './password/password-hash.ts';

/** Fields that several bodies of this area share. */
export const Email = Type.String({ format: 'email', maxLength: 254, examples: ['owner@example.com'] });
export const Password = Type.String({
  maxLength: passwordLengthMax * 4,
  examples: ['three blue bicycles'],
  description: 'Any characters, spaces too. Common passwords are refused.',
});
