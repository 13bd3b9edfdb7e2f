import { globSync } from 'node:fs';
import { fileURLToPath, pathToFileURL } from 'node:url';
import { describe, expect, test } from 'vitest';
import type { Catalogue } from './catalogue.ts';
import { localeOf } from './languages.ts';
import { pseudoText } from './pseudo.ts';

const root = fileURLToPath(new URL('..', import.meta.url));
const folders = globSync('**/en.ts', { cwd: root }).map((path) => path.slice(0, -'/en.ts'.length));
const translations = ['id', 'pt', 'es', 'ar'] as const;
const plural = /_(zero|one|two|few|many|other)$/;

async function textsOf(folder: string, language: string): Promise<Map<string, string>> {
  const { words } = (await import(pathToFileURL(`${root}${folder}/${language}.ts`).href)) as {
    words: Catalogue;
  };
  return new Map(flat(words));
}

function* flat(words: Catalogue, path = ''): Iterable<[string, string]> {
  for (const [key, value] of Object.entries(words)) {
    if (typeof value === 'string') yield [path + key, value];
    else yield* flat(value, `${path}${key}.`);
  }
}

const placesIn = (text: string) => [...new Set(text.match(/\{\{\w+\}\}/g))].sort();

test('every feature has its words', () => {
  expect(folders.length).toBeGreaterThan(4);
});

describe.each(folders)('%s', (folder) => {
  test.each(translations)('%s says all that English says, and fills in the same', async (language) => {
    const [english, translated] = [await textsOf(folder, 'en'), await textsOf(folder, language)];
    const forms = new Intl.PluralRules(localeOf(language)).resolvedOptions().pluralCategories;
    const wanted = new Map<string, string>();
    for (const [key, text] of english) {
      const base = key.replace(plural, '');
      if (base === key) wanted.set(key, text);
      else for (const form of forms) wanted.set(`${base}_${form}`, english.get(`${base}_other`) ?? '');
    }
    expect([...translated.keys()].sort()).toEqual([...wanted.keys()].sort());
    for (const [key, text] of wanted) {
      const said = translated.get(key) ?? '';
      expect(said.trim(), key).not.toBe('');
      // One and two are words of their own in some languages.
      const isNamed = /_(zero|one|two)$/.test(key);
      const places = placesIn(text).filter((place) => !isNamed || place !== '{{count}}');
      expect(
        placesIn(said).filter((place) => !isNamed || place !== '{{count}}'),
        key,
      ).toEqual(places);
    }
  });
});

test('the language that shows what was forgotten keeps what is filled in', () => {
  expect(pseudoText('Hello {{name}}')).toBe('[Ħéłłö {{name}}·····]'.replace('Ħ', 'H'));
});
