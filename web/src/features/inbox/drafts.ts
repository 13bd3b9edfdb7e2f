import { useSyncExternalStore } from 'react';

const prefix = 'draft:';
const hearers = new Set<() => void>();
let version = 0;
let offers = 0;

/** Words that were begun in a conversation and not sent; they last as long as the tab. */
export const drafts = {
  read: (conversationId: string): string => sessionStorage.getItem(prefix + conversationId) ?? '',
  keep(conversationId: string, text: string): void {
    const had = drafts.read(conversationId) !== '';
    if (text === '') sessionStorage.removeItem(prefix + conversationId);
    else sessionStorage.setItem(prefix + conversationId, text);
    // Lists show whether there is one, not what it says.
    if (had !== (text !== '')) changed();
  },
  /** Gives words back to be changed: whoever shows the draft reads it anew. */
  offer(conversationId: string, text: string): void {
    sessionStorage.setItem(prefix + conversationId, text);
    offers += 1;
    changed();
  },
  /** Grows with each offer. */
  offers: (): number => offers,
  clear(): void {
    for (const key of Object.keys(sessionStorage)) if (key.startsWith(prefix)) sessionStorage.removeItem(key);
    changed();
  },
};

function changed(): void {
  version += 1;
  for (const hear of hearers) hear();
}

/** Draws anew when a draft begins or ends somewhere. */
export const useDrafts = (): typeof drafts => {
  useSyncExternalStore(
    (hear) => {
      hearers.add(hear);
      return () => void hearers.delete(hear);
    },
    () => version,
  );
  return drafts;
};
