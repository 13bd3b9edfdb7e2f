import type { TFunction } from 'i18next';
import { useTranslation } from 'react-i18next';
import type { Catalogues } from './catalogue.ts';
import type { Language } from './languages.ts';

/** The texts of a feature: `const t = useWords('account'); t('profile.title')`. */
export function useWords<const Name extends keyof Catalogues>(name: Name): TFunction<Name> {
  return useTranslation(name).t as unknown as TFunction<Name>;
}

/** The language of now; whoever asks is drawn anew when it changes. */
export function useLanguage(): Language {
  return useTranslation().i18n.language as Language;
}
