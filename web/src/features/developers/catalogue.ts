import { type EventCatalogue, getEventsCatalogue } from '@multiwa/sdk';
import { queryOptions } from '@tanstack/react-query';
import { client } from '../../session/index.ts';

export type CatalogueEvent = EventCatalogue['events'][number];

/** Without the marks around names, which are shown as text. */
export const plain = (says: string): string => says.replaceAll('`', '');

/** Every event there is; it changes with the server only. */
export const catalogueQuery = queryOptions({
  queryKey: ['events', 'catalogue'],
  queryFn: async () =>
    (await getEventsCatalogue({ client })).events.map((event) => ({ ...event, what: plain(event.what) })),
  staleTime: Number.POSITIVE_INFINITY,
});

/** Whether a name is meant by a pattern as webhooks and `GET /events` read it: a name, `prefix.*` or `*`. */
export const fits = (pattern: string, name: string): boolean =>
  pattern === '*' || pattern === name || (pattern.endsWith('.*') && name.startsWith(pattern.slice(0, -1)));

/** The prefixes there are, as patterns: `message.*`. */
export const prefixesOf = (names: readonly string[]): string[] =>
  [...new Set(names.map((name) => `${name.slice(0, name.indexOf('.'))}.*`))].sort();
