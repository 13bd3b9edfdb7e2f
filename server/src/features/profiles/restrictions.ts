import type { Restriction } from '../../engines/port.ts';
import { dayMs } from '../../platform/clock.ts';
import type { StoredRestrictions } from './profiles.tables.ts';

/** What is known of a restriction: by the network itself, or by a message that it refused. */
export type RestrictionNews = Restriction | { refused: { code: number; reason: string; messageId: string } };

/** The restrictions after some news; the same object when they say nothing new. */
export function restrictionsAfter(
  before: StoredRestrictions | null,
  news: RestrictionNews,
  now: Date,
): StoredRestrictions | null {
  const known = before ?? {};
  const newChats = current(before, now).newChats;
  const since = newChats?.since ?? now.toISOString();
  if ('refused' in news) {
    if (newChats?.refused) return before;
    const { until = null, why = null } = newChats ?? {};
    return { ...known, newChats: { since, until, why, refused: news.refused } };
  }
  const after = { ...known };
  if (news.newChats !== undefined) {
    const told = news.newChats && {
      until: news.newChats.until?.toISOString() ?? null,
      why: news.newChats.why,
    };
    after.newChats = told && { ...newChats, since, ...told };
  }
  if (news.newChatsCap !== undefined) {
    after.newChatsCap = news.newChatsCap && { ...news.newChatsCap, at: now.toISOString() };
  }
  return after;
}

/** What holds now: what has ended is left out, and a refusal that nothing more is known of after a day. */
export function current(stored: StoredRestrictions | null, now: Date) {
  const { newChats = null, newChatsCap = null } = stored ?? {};
  const endMs =
    newChats && (newChats.until ? Date.parse(newChats.until) : Date.parse(newChats.since) + dayMs);
  return { newChats: endMs !== null && endMs > now.getTime() ? newChats : null, newChatsCap };
}

/** The same of what a query has read. */
export const restrictionsNow = (stored: unknown, now: Date) =>
  current(stored as StoredRestrictions | null, now);
