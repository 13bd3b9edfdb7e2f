import { type RawBuilder, sql } from 'kysely';

/*
 * Names are folded by the database, on both sides: whatever changes them, their index is current. The same text stands in
 * the migration of the indexes (`0038-names-by-trigram`); tests of plans hold them together.
 */

const marks = `'[\\u0300-\\u036f\\u0591-\\u05c7\\u0640\\u064b-\\u065f\\u0670]'`;

const folding = [`lower(normalize(regexp_replace(normalize(`, `, NFKD), ${marks}, '', 'g'), NFC))`] as const;

/**
 * What the rows of a table are found by: their words in any script, without accents and case, behind the last digits of
 * their organisation, as an index of trigrams has it. `words` is SQL about the row.
 */
export const foldedWords = (organizationId: string, words: string): RawBuilder<string> =>
  sql.raw(`(right(${organizationId}::text, 3) || ' ' || ${folding.join(words)})`);

/** A pattern of `like` for {@link foldedWords} of an organisation that contain the term, whatever stands in it. */
export function containingFolded(organizationId: string, term: string): RawBuilder<string> {
  const [before, behind] = folding;
  const literally = sql`regexp_replace(${sql.raw(before)}${term}::text${sql.raw(behind)}, '([\\%_])', '\\\\\\1', 'g')`;
  return sql`(${organizationId.slice(-3)}::text || ' %' || ${literally} || '%')`;
}

/** Whether an index of trigrams can find the term: three letters or digits in a row. */
export function hasTrigram(term: string): boolean {
  return /[\p{L}0-9]{3}/u.test(term);
}
