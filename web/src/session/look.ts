import { isLanguage, type Language } from '../words/index.ts';

export type Theme = 'system' | 'light' | 'dark' | 'contrast';
export type Density = 'comfortable' | 'compact' | 'dense';

/** How the page looks to this person. */
export interface Look {
  theme: Theme;
  language: Language;
  density: Density;
}

/** Read by `theme.js` before anything is drawn, so it stands in the browser, too: theme, language and density. */
const kept = 'look';

/** As it is shown now. */
export function lookNow(): Look {
  const { lang, dataset } = document.documentElement;
  return {
    theme: (dataset.theme ?? 'system') as Theme,
    language: isLanguage(lang) ? lang : 'en',
    density: (dataset.density ?? 'comfortable') as Density,
  };
}

/** Shows and keeps a change of it; the language is shown by whoever loads its words. */
export function keepLook(change: Partial<Look>): Look {
  const look = { ...lookNow(), ...change };
  const page = document.documentElement;
  if (look.theme === 'system') delete page.dataset.theme;
  else page.dataset.theme = look.theme;
  page.dataset.density = look.density;
  localStorage.setItem(
    kept,
    [look.theme === 'system' ? '' : look.theme, look.language, look.density].join(' '),
  );
  return look;
}
