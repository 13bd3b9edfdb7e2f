import { defineWords } from '../catalogue.ts';
import type { words as english } from './en.ts';

declare module '../catalogue.ts' {
  interface Catalogues {
    failures: typeof english;
  }
}

/** What went wrong, by the code of the server; other codes are told in its own words. */
export const failureWords = defineWords('failures', {
  en: () => import('./en.ts'),
  id: () => import('./id.ts'),
  pt: () => import('./pt.ts'),
  es: () => import('./es.ts'),
  ar: () => import('./ar.ts'),
});
