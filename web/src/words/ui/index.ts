import { defineWords } from '../catalogue.ts';
import type { words as english } from './en.ts';

declare module '../catalogue.ts' {
  interface Catalogues {
    ui: typeof english;
  }
}

/** Words of the parts that every page has. */
export const uiWords = defineWords('ui', {
  en: () => import('./en.ts'),
  id: () => import('./id.ts'),
  pt: () => import('./pt.ts'),
  es: () => import('./es.ts'),
  ar: () => import('./ar.ts'),
});
