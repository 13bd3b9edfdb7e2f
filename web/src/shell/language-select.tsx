import type { ReactNode } from 'react';
import { keepLook } from '../session/index.ts';
import { Select } from '../ui/index.ts';
import { changeLanguage, type Language, languages, useLanguage, useWords } from '../words/index.ts';

/** Who has no account yet reads in the language chosen here; it is kept in the browser. */
export function LanguageSelect(): ReactNode {
  const language = useLanguage();
  const t = useWords('shell');
  return (
    <Select
      label={t('language')}
      value={language}
      choices={Object.entries(languages).map(([value, label]) => ({ value: value as Language, label }))}
      onChange={async (next) => {
        await changeLanguage(next);
        keepLook({ language: next });
      }}
    />
  );
}
