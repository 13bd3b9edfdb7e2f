type Search = Record<string, unknown>;

/** A text of the address, where it is one that may stand there. */
export function textOf(search: Search, name: string, pattern = /^.{1,200}$/): string | undefined {
  const value = search[name];
  const text = typeof value === 'number' ? String(value) : value;
  return typeof text === 'string' && pattern.test(text) ? text : undefined;
}

/** One of the words that the address may have there. */
export function wordOf<Word extends string>(
  search: Search,
  name: string,
  words: readonly Word[],
): Word | undefined {
  return words.find((word) => word === search[name]);
}

/** Without what is absent, so that it does not stand in the address. */
export const present = <Values extends object>(values: Values): Partial<Values> =>
  Object.fromEntries(Object.entries(values).filter(([, value]) => value !== undefined)) as Partial<Values>;
