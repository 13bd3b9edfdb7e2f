import type { Actor } from '../actor.ts';
import type { RecordedEvent } from './define.ts';
import type { WireEvent } from './wire.ts';

/** What a client asks to hear. */
export interface FeedQuery {
  /** A `sequence`, or `now`; absent: the oldest event that is kept. */
  after?: string | undefined;
  profileId?: string | undefined;
  /** Names and prefixes, separated by commas. */
  event?: string | undefined;
  limit?: number;
}

interface FeedPage {
  events: WireEvent[];
  /** The same events as they were recorded. */
  recorded: RecordedEvent[];
  cursor: number;
  hasMore: boolean;
}

/** The events that one caller asked for and may read; who may read less now opens another. */
export interface Feed {
  readonly after: number;
  /** Reads on from a cursor, in the database. */
  next(after: number): Promise<FeedPage>;
  /** The same for who follows the log: what this process has in memory costs no query, however many follow. */
  follow(after: number): Promise<FeedPage>;
  /** An event that passes, as this caller is shown it; undefined when it is not for them. */
  passing(event: RecordedEvent): Promise<WireEvent | undefined>;
}

/** @throws Failure PROFILE_NOT_FOUND, or VALIDATION_ERROR for an unknown event; reading on throws CURSOR_GONE */
export type OpenFeed = (actor: Actor, query: FeedQuery) => Promise<Feed>;
