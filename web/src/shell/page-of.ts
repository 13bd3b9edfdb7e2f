import type { QueryClient } from '@tanstack/react-query';
import { lazyRouteComponent } from '@tanstack/react-router';
import { createElement } from 'react';
import { may, type Permission } from '../session/index.ts';
import type { PageDefinition } from '../ui/index.ts';
import { loadWords } from '../words/index.ts';
import { Forbidden } from './missing.tsx';

interface LoaderArguments {
  context: { cache: QueryClient };
  // biome-ignore lint/suspicious/noExplicitAny: each route has its own, and what is said here would take their place
  params: any;
  location: { search: object };
}

/**
 * A page in a chunk of its own. Pointing at its link loads its code and words and begins to read its data. With
 * `permission` whoever lacks it is told who can give it.
 */
export function pageOf(
  code: () => Promise<{ page: PageDefinition }>,
  { permission }: { permission?: Permission } = {},
) {
  const isForbidden = () => permission !== undefined && !may(permission);
  return {
    component: lazyRouteComponent(async () => {
      const { page } = await code();
      const Shown = () =>
        permission !== undefined && isForbidden()
          ? createElement(Forbidden, { permission })
          : createElement(page.component);
      return { default: Shown };
    }),
    loader: async ({ context, params, location }: LoaderArguments) => {
      const { page } = await code();
      if (!isForbidden())
        page.load?.({ cache: context.cache, params: { ...params }, search: { ...location.search } });
      await loadWords(page.words);
    },
  };
}
