import { newId } from '../../../platform/ids.ts';
import { parseJsonText } from '../../../platform/json-text.ts';
import { formsOf } from '../../../platform/number-forms.ts';
import { nameLengthMax } from '../contacts.schema.ts';
import { withoutQuote } from '../formula.ts';
import { readPerson } from '../read-person.ts';
import { problemOfTags, readTags } from '../tags.ts';
import type { Columns } from './columns.ts';

/** A row as somebody wrote it; `line` counts from 1, the header too. */
export interface WrittenRow {
  line: number;
  phone: string;
  name: string;
  tags: string[];
  metadata: Record<string, unknown>;
}

/** A row that can be taken. */
export interface GoodRow {
  line: number;
  written: string;
  /** Of the contact, if it becomes a new one. */
  id: string;
  phone: string | null;
  lid: string | null;
  /** Every number under which this person may be a contact. */
  forms: string[];
  name: string | null;
  tags: string[];
  metadata: Record<string, unknown>;
}

export interface BadRow {
  line: number;
  phone: string;
  reason: string;
}

const metadataLengthMax = 32_768;
const shownMax = 64;

/** A row of a table, by its columns. */
export function writtenRow(line: number, cells: readonly string[], columns: Columns): WrittenRow {
  const cell = (at: number | undefined) =>
    at === undefined ? '' : withoutQuote(clean(cells[at] ?? '')).trim();
  return {
    line,
    phone: cell(columns.phone),
    name: cell(columns.name),
    tags: splitTags(cell(columns.tags)),
    metadata: {
      ...fieldsOf(cell(columns.json)),
      ...Object.fromEntries(
        columns.metadata.map(([field, at]) => [field, cell(at)]).filter(([, value]) => value !== ''),
      ),
    },
  };
}

/** Fields as an export writes them; what is no object of JSON has none. */
function fieldsOf(json: string): Record<string, unknown> {
  if (!json.startsWith('{') || json.length > metadataLengthMax) return {};
  try {
    return parseJsonText(Buffer.from(json)) as Record<string, unknown>;
  } catch {
    return {};
  }
}

/** What PostgreSQL does not keep. */
const clean = (text: string) => text.replaceAll('\u0000', '').toWellFormed();

/** At each `;`, but for those with a backslash before them. */
function splitTags(text: string): string[] {
  return [...text.matchAll(/(?:\\[\\;]|[^;])+/g)].map(([tag]) => tag.replace(/\\([\\;])/g, '$1'));
}

/** Reads a row, or says what is wrong with it. */
export function readRow(
  row: WrittenRow,
  how: { country: string; tags: readonly string[] },
): GoodRow | BadRow {
  const wrong = (reason: string) => ({ line: row.line, phone: row.phone.slice(0, shownMax), reason });
  if (row.phone === '') return wrong('has no phone number');
  const person = readPerson(row.phone, how.country);
  if (!person) return wrong('is no phone number with country code, nor the chat id of a person');
  const tags = readTags([...row.tags, ...how.tags]);
  if (row.name.length > nameLengthMax) return wrong(`the name is longer than ${nameLengthMax} characters`);
  const problem = problemOfTags(tags);
  if (problem) return wrong(`the tags ${problem}`);
  if (JSON.stringify(row.metadata).length > metadataLengthMax) return wrong('the fields are too long');
  return {
    ...{ line: row.line, written: row.phone.slice(0, shownMax), id: newId() },
    ...{ phone: person.phone ?? null, lid: person.lid ?? null },
    forms: person.phone ? formsOf(person.phone) : [],
    ...{ name: row.name || null, tags, metadata: row.metadata },
  };
}

export const isGood = (row: GoodRow | BadRow): row is GoodRow => 'forms' in row;

/** One row for each person: of several the last name holds, and tags and fields come together. */
export function oneForEach(rows: readonly GoodRow[]): { person: GoodRow; rows: GoodRow[] }[] {
  const people = new Map<string, { person: GoodRow; rows: GoodRow[] }>();
  for (const row of rows) {
    const key = row.lid ?? row.forms.toSorted().join();
    const before = people.get(key);
    if (!before) people.set(key, { person: row, rows: [row] });
    else {
      before.rows.push(row);
      before.person = {
        ...before.person,
        name: row.name ?? before.person.name,
        tags: [...new Set([...before.person.tags, ...row.tags])],
        metadata: { ...before.person.metadata, ...row.metadata },
      };
    }
  }
  return [...people.values()];
}
