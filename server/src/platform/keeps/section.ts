import { type RawBuilder, sql } from 'kysely';
import type { Tables } from '../db/tables.ts';

/** The person or organisation of an export. */
export interface Subject {
  readonly userId: string;
  readonly organizationId: string;
  /** An owner also receives everything of their organisation. */
  readonly covers: 'person' | 'organization';
}

/** A column that orders a section and from whose last value the next page continues, with its type. */
type KeyColumn = readonly [column: string, type: 'uuid' | 'timestamptz' | 'bigint' | 'text' | 'integer'];

/**
 * One list of an export: which rows of a table, and of each row which columns. A column is shown under its
 * name in camel case, and each column of the table is either shown or withheld with a reason.
 */
export interface Section {
  readonly name: string;
  /** Orders the document among the sections of all features. */
  readonly place: number;
  readonly table: keyof Tables;
  readonly columns: readonly string[];
  /** Columns with another name in the API. */
  readonly named?: Readonly<Record<string, string>>;
  /** Columns that no export shows, and why. */
  readonly withheld?: Readonly<Record<string, string>>;
  /** Values in place of withheld columns. */
  readonly derived?: Readonly<Record<string, RawBuilder<unknown>>>;
  /** Unique together, never null, and ordered by an index where the table may be long. */
  readonly key: readonly KeyColumn[];
  readonly newestFirst?: boolean;
  /** Read profile by profile, because the index that orders the rows begins with the profile. */
  readonly perProfile?: boolean;
  /** At most one row, shown as an object instead of a list. */
  readonly isSingle?: boolean;
  readonly of: (subject: Subject) => RawBuilder<boolean>;
}

/** Rows of the organisation, in a table with its id. */
export function ofOrganization({ organizationId }: Pick<Subject, 'organizationId'>): RawBuilder<boolean> {
  return sql`organization_id = ${organizationId}`;
}

/** Rows of the person, in a table with both ids. */
export function ofUser({ userId, organizationId }: Subject): RawBuilder<boolean> {
  return sql`user_id = ${userId} and organization_id = ${organizationId}`;
}

/** The section of a person, widened to everybody in the organisation, for its owner. */
export function ofEverybody(
  section: Section,
  more: Pick<Section, 'name' | 'place'> & Partial<Section>,
): Section {
  return { ...section, of: ofOrganization, ...more };
}
