/** What the address says of the inbox, beside the profile, which every page has: a link to it shows a colleague the same. */
export interface InboxSearch {
  view?: 'unread' | 'archived';
  /** What is looked for in names, numbers and messages. */
  q?: string;
  /** The message that is jumped to. */
  m?: string;
}

const word = (value: unknown): string | undefined =>
  typeof value === 'string' && value.trim() !== '' && value.length <= 200 ? value : undefined;

/** Reads it from an address; what is not understood is left out. */
export function inboxSearch(search: Record<string, unknown>): InboxSearch {
  const { view } = search;
  const m = word(search.m);
  // A number that is looked for is read as one.
  const q = typeof search.q === 'number' ? String(search.q) : word(search.q);
  return {
    ...((view === 'unread' || view === 'archived') && { view }),
    ...(q && { q }),
    ...(m && { m }),
  };
}

/** What the list of conversations depends on. */
export interface ListFilter {
  profileId?: string | undefined;
  view: 'open' | 'unread' | 'archived';
  q?: string | undefined;
}

export const filterOf = ({ profile, view, q }: InboxSearch & { profile?: string }): ListFilter => ({
  view: view ?? 'open',
  ...(profile && { profileId: profile }),
  ...(q && { q }),
});
