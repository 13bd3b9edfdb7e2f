import type { QueryClient, QueryKey } from '@tanstack/react-query';

const waiting = new WeakMap<QueryClient, Set<string>>();

/** Has something read anew once in a while, however often it is asked for: many profiles may change in a second. */
export function soon(cache: QueryClient, queryKey: QueryKey, ms: number): void {
  const known = waiting.get(cache) ?? new Set<string>();
  waiting.set(cache, known);
  const name = JSON.stringify(queryKey);
  // What nobody has looked at is read when somebody does.
  if (known.has(name) || cache.getQueryCache().findAll({ queryKey }).length === 0) return;
  known.add(name);
  setTimeout(() => {
    known.delete(name);
    void cache.invalidateQueries({ queryKey });
  }, ms);
}
