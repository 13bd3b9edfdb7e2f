import { Failure } from '../../../platform/failures.ts';
import { withoutQuote } from '../formula.ts';
import type { Mapping } from './import.schema.ts';

/** Where in a row what stands, by number; `metadata` by the name of the field. */
export interface Columns {
  phone: number;
  name?: number | undefined;
  tags?: number | undefined;
  metadata: [field: string, column: number][];
  /** Fields as JSON. */
  json?: number | undefined;
}

/** How the header of a column begins that is a field of `metadata`, and that of several as JSON; so exports name them. */
export const fieldPrefix = 'metadata.';
export const otherFields = 'metadata';
const fieldLengthMax = 200;

const names = {
  phone: ['phone', 'nomor', 'number', 'whatsapp', 'hp'],
  name: ['name', 'nama'],
  tags: ['tags', 'tag', 'label'],
};
export const columnsMax = 1_000;

const plain = (text: string) => text.normalize('NFKC').trim().toLowerCase();

/** Of the separators the one that leads to a phone column, or else to the most columns. */
export function separatorOf(header: (separator: string) => string[], mapping: Mapping | undefined): string {
  const wanted = mapping?.phone ? [plain(mapping.phone)] : names.phone;
  const scores = [',', ';', '\t'].map((separator) => {
    const cells = header(separator).map(plain);
    return { separator, score: cells.length + (cells.some((cell) => wanted.includes(cell)) ? 1e6 : 0) };
  });
  return scores.reduce((best, one) => (one.score > best.score ? one : best)).separator;
}

/**
 * Finds the columns that the caller names, else those with the usual names.
 * @throws Failure CSV_COLUMN_MISSING
 */
export function columnsOf(header: readonly string[], mapping: Mapping | undefined): Columns {
  const cells = header.map(plain);
  const problems: { path: string; problem: string }[] = [];
  const find = (path: string, named: string | null | undefined, usual: readonly string[]) => {
    if (!named) {
      const at = usual.map((name) => cells.indexOf(name)).find((index) => index >= 0);
      return at;
    }
    const at = cells.indexOf(plain(named));
    if (at < 0)
      problems.push({ path: `/mapping/${path}`, problem: `names no column: there is no "${named}"` });
    return at < 0 ? undefined : at;
  };
  const phone = find('phone', mapping?.phone, names.phone);
  const name = find('name', mapping?.name, names.name);
  const tags = find('tags', mapping?.tags, names.tags);
  const mapped = Object.entries(mapping?.metadata ?? {}).flatMap(([field, column]): [string, number][] => {
    const at = find(`metadata/${field}`, column, []);
    return at === undefined ? [] : [[field, at]];
  });
  const metadata = mapping?.metadata ? mapped : fieldsIn(header);
  const json = mapping?.metadata ? undefined : find('metadata', undefined, [otherFields]);
  if (problems.length > 0) {
    throw new Failure('CSV_COLUMN_MISSING', {
      says: 'The mapping names columns that are not there.',
      details: problems,
    });
  }
  if (phone === undefined) {
    const problem = `has no column named ${names.phone.join(', ')}; mapping.phone can name another`;
    throw new Failure('CSV_COLUMN_MISSING', { details: [{ path: '/csvData', problem }] });
  }
  return { phone, name, tags, metadata, json };
}

/**
 * The phone, and every other column as a field: of its header `First name` becomes `First_name`, which can stand in a text.
 * @throws Failure CSV_COLUMN_MISSING
 */
export function allColumnsOf(header: readonly string[], phoneNamed: string | undefined): Columns {
  const { phone } = columnsOf(header, { ...(phoneNamed && { phone: phoneNamed }), metadata: {} });
  const metadata = header.flatMap((cell, at): [string, number][] => {
    const field = withoutQuote(cell).normalize('NFKC').trim().replace(/\s+/gu, '_');
    return at === phone || field === '' || field.length > fieldLengthMax ? [] : [[field, at]];
  });
  return { phone, metadata };
}

/** Columns of fields as an export has them. */
function fieldsIn(header: readonly string[]): [string, number][] {
  return header.flatMap((cell, at): [string, number][] => {
    const written = withoutQuote(cell).trim();
    const field = written.slice(fieldPrefix.length);
    const isField =
      written.toLowerCase().startsWith(fieldPrefix) && field.length <= fieldLengthMax && field !== '';
    return isField ? [[field, at]] : [];
  });
}
