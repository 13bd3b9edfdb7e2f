import type { QueryClient } from '@tanstack/react-query';
import type { ComponentType } from 'react';
import type { Catalogues } from '../../words/index.ts';

/** A page as `routes.ts` takes it: what it is drawn by, the words it needs, and what it reads first. */
export interface PageDefinition {
  component: ComponentType;
  words: readonly (keyof Catalogues)[];
  /** Begins to read when the link is pointed at; does not wait: `void cache.prefetchQuery(…)`. */
  load?: (about: {
    cache: QueryClient;
    params: Record<string, string>;
    search: Record<string, unknown>;
  }) => void;
}

/** Each page file exports one: `export const page = definePage({ component: KeysPage, words: [words] })`. */
export const definePage = (page: PageDefinition): PageDefinition => page;
