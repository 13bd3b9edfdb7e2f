import type { Language } from './languages.ts';

/** Which forms of a plural each language has, as `Intl.PluralRules` names them. */
interface Forms {
  id: 'other';
  pt: 'one' | 'many' | 'other';
  es: 'one' | 'many' | 'other';
  ar: 'zero' | 'one' | 'two' | 'few' | 'many' | 'other';
}

/**
 * A catalogue in another language: every text of the English one, and each `…_one`/`…_other` in all the forms that this
 * language has. What is missing is an error of types.
 */
export type Translated<English, To extends keyof Forms> = {
  [Key in keyof English as Key extends `${infer Base}_${'one' | 'other'}`
    ? `${Base}_${Forms[To]}`
    : Key]: English[Key] extends string ? string : Translated<English[Key], To>;
};

/** Texts by key, or such again. */
export interface Catalogue {
  readonly [key: string]: string | Catalogue;
}

/** Each feature adds its own here, so that a text that is not there is an error of types. */
// biome-ignore lint/suspicious/noEmptyInterface: features extend it
export interface Catalogues {}

type Load = () => Promise<{ words: Catalogue }>;
export type Loaders = Record<Exclude<Language, 'en-XA'>, Load>;

const known = new Map<string, Loaders>();

/** Makes the words of a feature known by their name; they are loaded when a page of it is opened. */
export function defineWords<const Name extends keyof Catalogues>(name: Name, loaders: Loaders): Name {
  known.set(name, loaders);
  return name;
}

export function loadersOf(name: string): Loaders {
  const found = known.get(name);
  if (!found) throw new Error(`Nobody has defined the words "${name}".`);
  return found;
}
