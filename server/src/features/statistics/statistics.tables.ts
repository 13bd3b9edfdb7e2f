import type { Generated, GeneratedAlways } from 'kysely';

type Hour =
  | `h${0 | 1 | 2 | 3 | 4 | 5 | 6 | 7 | 8 | 9}`
  | `h1${0 | 1 | 2 | 3 | 4 | 5 | 6 | 7 | 8 | 9}`
  | `h2${0 | 1 | 2 | 3}`;

/** Messages of a day, by the clocks of the organisation when they were counted. */
type MessageDaysTable = {
  organization_id: string;
  profile_id: string;
  day: string;
  direction: string;
  type: string;
  n: Generated<number>;
  /** How many have come so far, whatever they are now: who has read a message was sent it, too. */
  sent: Generated<number>;
  delivered: Generated<number>;
  read: Generated<number>;
  failed: Generated<number>;
  expired: Generated<number>;
  cancelled: Generated<number>;
} & Record<Hour, Generated<number>>;

interface MessageTotalsTable {
  profile_id: string;
  organization_id: string;
  incoming: Generated<number>;
  outgoing: Generated<number>;
}
/** Direct chats in which somebody waits for an answer. */
interface AwaitingTable {
  conversation_id: string;
  organization_id: string;
  profile_id: string;
  message_id: string;
  since: Date;
}
/** Answers to what was asked on a day, in an hour. */
interface ResponseDaysTable {
  organization_id: string;
  profile_id: string;
  day: string;
  /** `person` or `automation`. */
  answered_by: string;
  hour: number;
  n: number;
  sum_ms: number;
}
/** The same by how long they took; see `buckets.ts`. */
interface ResponseTimesTable {
  organization_id: string;
  profile_id: string;
  day: string;
  answered_by: string;
  bucket: number;
  n: number;
}
/** How far messages from before statistics are counted: those with a number up to `seq_max`, in the order of their ids. */
interface StatisticsBacklogTable {
  is_one: Generated<boolean>;
  seq_max: number;
  behind: Generated<string>;
}
/** What events told of messages while the backlog lasts: whoever counts those must not count that again. */
interface StatisticsChangesTable {
  message_id: string;
  sent: number;
  delivered: number;
  read: number;
  failed: number;
  expired: number;
  cancelled: number;
}
/** By how much contacts changed, until it is added to the counts; written by a trigger on `contacts`. */
interface ContactChangesTable {
  id: GeneratedAlways<number>;
  organization_id: string;
  profile_id: string;
  at: Date;
  /** Null: people, whatever their tags. */
  tag: string | null;
  added: Generated<number>;
  removed: Generated<number>;
  total: number;
  with_tags: Generated<number>;
}
interface ContactDaysTable {
  organization_id: string;
  profile_id: string;
  day: string;
  added: Generated<number>;
  removed: Generated<number>;
}
interface ContactTotalsTable {
  profile_id: string;
  organization_id: string;
  total: Generated<number>;
  with_tags: Generated<number>;
}
interface ContactTagsTable {
  organization_id: string;
  profile_id: string;
  tag: string;
  n: number;
}

/** The same of a whole organisation, kept by triggers on `message_days`. */
type OrganizationDaysTable = Omit<MessageDaysTable, 'profile_id'>;
/** The same, kept by triggers on `response_days` and `response_times`. */
type OrganizationResponseDaysTable = Omit<ResponseDaysTable, 'profile_id'>;
type OrganizationResponseTimesTable = Omit<ResponseTimesTable, 'profile_id'>;

/** That an organisation has changed its time zone. */
interface StatisticsZonesTable {
  organization_id: string;
  changed_at: Date;
  /** Its messages are still being counted anew. */
  is_counting: boolean;
  /** Days of messages before it stay as they were counted; null: there are none. */
  messages_from: string | null;
}

declare module '../../platform/db/tables.ts' {
  interface Tables {
    statistics_zones: StatisticsZonesTable;
    message_days: MessageDaysTable;
    message_totals: MessageTotalsTable;
    awaiting: AwaitingTable;
    response_days: ResponseDaysTable;
    response_times: ResponseTimesTable;
    statistics_backlog: StatisticsBacklogTable;
    statistics_changes: StatisticsChangesTable;
    contact_changes: ContactChangesTable;
    contact_days: ContactDaysTable;
    contact_totals: ContactTotalsTable;
    contact_tags: ContactTagsTable;
    organization_days: OrganizationDaysTable;
    organization_response_days: OrganizationResponseDaysTable;
    organization_response_times: OrganizationResponseTimesTable;
  }
}
