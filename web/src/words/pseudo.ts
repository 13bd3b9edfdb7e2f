import type { Catalogue } from './catalogue.ts';

const accented: Record<string, string> = {
  ...{ a: 'á', c: 'ç', d: 'đ', e: 'é', g: 'ğ', i: 'í', l: 'ł', n: 'ñ', o: 'ö', r: 'ř', s: 'š', t: 'ť' },
  ...{ u: 'ü', w: 'ŵ', y: 'ý', z: 'ž', A: 'Á', C: 'Ç', E: 'É', I: 'Í', N: 'Ñ', O: 'Ö', S: 'Š', U: 'Ü' },
};

/** A text with accents and a third longer; names of places to fill, and of tags, stay. */
export function pseudoText(text: string): string {
  const changed = text
    .split(/(\{\{[^}]*\}\}|<[^>]*>)/)
    .map((part, index) =>
      index % 2 ? part : part.replaceAll(/[a-zA-Z]/g, (letter) => accented[letter] ?? letter),
    )
    .join('');
  return `[${changed}${'·'.repeat(Math.ceil(text.length / 3))}]`;
}

/** A whole catalogue of it. */
export function pseudoCatalogue(words: Catalogue): Catalogue {
  return Object.fromEntries(
    Object.entries(words).map(([key, value]) => [
      key,
      typeof value === 'string' ? pseudoText(value) : pseudoCatalogue(value),
    ]),
  );
}
