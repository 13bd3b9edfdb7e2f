import i18next, { type BackendModule } from 'i18next';
import { initReactI18next } from 'react-i18next';
import { type Catalogues, loadersOf } from './catalogue.ts';
import { failureWords } from './failures/index.ts';
import { directionOf, isLanguage, type Language, localeOf, preferredOf, pseudo } from './languages.ts';
import { pseudoCatalogue } from './pseudo.ts';
import { uiWords } from './ui/index.ts';

declare module 'i18next' {
  interface CustomTypeOptions {
    resources: Catalogues;
    returnNull: false;
  }
}

/** Reads the catalogues that features have defined, each language of each in a file of its own. */
const files: BackendModule = {
  type: 'backend',
  init: () => undefined,
  read: (language, name, done) => {
    const load = async () => {
      const loaders = loadersOf(name);
      if (language === pseudo) return pseudoCatalogue((await loaders.en()).words);
      return (await loaders[isLanguage(language) && language !== pseudo ? language : 'en']()).words;
    };
    load().then(
      (words) => done(null, words),
      (error: unknown) => done(error as Error, undefined),
    );
  },
};

/** Starts in the language of the last time, or of the browser. */
export async function startWords(first: (keyof Catalogues)[]): Promise<void> {
  const kept = document.documentElement.lang;
  const isKept = localStorage.getItem('look') !== null && isLanguage(kept);
  const language = isKept ? (kept as Language) : preferredOf(navigator.languages);
  await i18next
    .use(files)
    .use(initReactI18next)
    .init({
      lng: language,
      fallbackLng: false,
      load: 'currentOnly',
      ns: [uiWords, failureWords, ...first],
      defaultNS: false,
      partialBundledLanguages: true,
      interpolation: { escapeValue: false },
      react: { useSuspense: true },
    });
  show(language);
}

/** Loads the words of a page before it is drawn. */
export const loadWords = (names: readonly (keyof Catalogues)[]): Promise<void> =>
  i18next.loadNamespaces([...names]);

/** The language of now. */
export const language = (): Language => i18next.language as Language;
export const locale = (): string => localeOf(language());

/** Changes the language of everything that is shown, at once. */
export async function changeLanguage(next: Language): Promise<void> {
  await i18next.changeLanguage(next);
  show(next);
}

function show(now: Language): void {
  document.documentElement.lang = now;
  document.documentElement.dir = directionOf(now);
}
