import { randomBytes } from 'node:crypto';

const wordsLengthMax = 60;

/** Text as it can stand in an address: lower case, with a dash for whatever is no letter or digit; may be empty. */
export function slugOf(text: string): string {
  return text
    .normalize('NFKD')
    .replaceAll(/\p{M}+/gu, '')
    .toLowerCase()
    .replaceAll(/[^a-z0-9]+/g, '-')
    .replaceAll(/^-+|-+$/g, '');
}

/** A slug for a name: readable, and unique by its end. */
export function newSlug(name: string): string {
  const words = slugOf(name).slice(0, wordsLengthMax).replace(/-$/, '');
  return `${words || 'workspace'}-${randomBytes(3).toString('hex')}`;
}
