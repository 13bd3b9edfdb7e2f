import type { Problem } from '../../../platform/failures.ts';

/** The texts in a list of a user; undefined when it is none. */
export function textsIn(value: unknown): string[] | undefined {
  return Array.isArray(value) && value.every((one) => typeof one === 'string') ? value : undefined;
}

const textsMax = 500;
const textLengthMax = 500;

/** What is wrong with a list of texts. */
export function problemsOfTexts(value: unknown, path: string, { min = 1 } = {}): Problem[] {
  const texts = textsIn(value);
  if (!texts) return [{ path, problem: 'must be a list of texts' }];
  if (texts.length < min) return [{ path, problem: 'must not be empty' }];
  if (texts.length > textsMax) return [{ path, problem: `must have at most ${textsMax} entries` }];
  return texts.flatMap((text, index) =>
    text.trim() === '' || text.length > textLengthMax
      ? [{ path: `${path}/${index}`, problem: `must have 1 to ${textLengthMax} characters` }]
      : [],
  );
}

/** What is wrong with a whole number. */
export function problemsOfNumber(value: unknown, path: string, min: number, max: number): Problem[] {
  const fits = typeof value === 'number' && Number.isInteger(value) && value >= min && value <= max;
  return fits ? [] : [{ path, problem: `must be a whole number from ${min} to ${max}` }];
}

/** Names of message types as older servers and clients write them. */
const aliases: Readonly<Record<string, string>> = {
  chat: 'text',
  conversation: 'text',
  ptt: 'voice',
  vcard: 'contact',
};

/** Whether a type of message is in a list; a voice note is sound, too. */
export function isTypeIn(type: string, types: unknown): boolean {
  const wanted = (textsIn(types) ?? []).map((one) => aliases[one] ?? one);
  return wanted.includes(type) || (type === 'voice' && wanted.includes('audio'));
}
