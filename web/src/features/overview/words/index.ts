import { defineWords } from '../../../words/index.ts';
import type { words as english } from './en.ts';

declare module '../../../words/catalogue.ts' {
  interface Catalogues {
    overview: typeof english;
  }
}

export const overviewWords = defineWords('overview', {
  en: () => import('./en.ts'),
  id: () => import('./id.ts'),
  pt: () => import('./pt.ts'),
  es: () => import('./es.ts'),
  ar: () => import('./ar.ts'),
});
