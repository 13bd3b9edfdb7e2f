import { normalPassword, passwordLengthMax } from './password-hash.ts';

let common: Promise<ReadonlySet<string>> | undefined;

/** Nearly 50,000 passwords from breaches, most used first; half a megabyte that only a registration loads. */
function commonPasswords(): Promise<ReadonlySet<string>> {
  common ??= import('@zxcvbn-ts/language-common').then(
    ({ dictionary }) => new Set<string>(dictionary['passwords-common']),
  );
  return common;
}

/** What is wrong with a new password, or undefined. Characters are counted as a person counts them. */
export async function passwordProblem(
  password: string,
  { lengthMin, email }: { lengthMin: number; email: string },
): Promise<string | undefined> {
  const normal = normalPassword(password);
  const length = [...normal].length;
  if (length < lengthMin) return `Password must be at least ${lengthMin} characters`;
  if (length > passwordLengthMax) return `Password must be at most ${passwordLengthMax} characters`;
  const lower = normal.toLowerCase();
  if (lower === email || (await commonPasswords()).has(lower)) {
    return 'This password is too common: choose one that others would not guess';
  }
  return undefined;
}
