/** What people can choose, each named in its own words. */
export const languages = {
  en: 'English',
  id: 'Bahasa Indonesia',
  pt: 'Português (Brasil)',
  es: 'Español',
  ar: 'العربية',
} as const;

/** `en-XA` is no language: longer, accented and mirrored English that shows what was forgotten. */
export const pseudo = 'en-XA';
export type Language = keyof typeof languages | typeof pseudo;

/** What `Intl` is told: how numbers, dates and names are written there. */
const locales: Record<Language, string> = {
  en: 'en',
  id: 'id',
  pt: 'pt-BR',
  es: 'es',
  ar: 'ar',
  'en-XA': 'en',
};

export const localeOf = (language: Language): string => locales[language];
export const isLanguage = (word: string): word is Language => word in locales;
export const directionOf = (language: Language): 'ltr' | 'rtl' =>
  language === 'ar' || language === pseudo ? 'rtl' : 'ltr';

/** The first that the person reads, of those we have. */
export function preferredOf(wanted: readonly string[]): Language {
  for (const tag of wanted) {
    const [base = ''] = tag.split('-');
    if (base in languages) return base as Language;
  }
  return 'en';
}
