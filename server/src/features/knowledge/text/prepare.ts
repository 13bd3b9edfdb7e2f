import { createHash } from 'node:crypto';
import { chunksOf } from './chunks.ts';
import { clean } from './clean.ts';
import { countsOf } from './terms.ts';

/** A chunk as it is kept. */
export interface PreparedChunk {
  heading: string | null;
  /** With what leads to it. */
  content: string;
  /** How much of `content`, in UTF-16 units, stands in the chunk before or at the head of the table. */
  leadLength: number;
  /** How many words, each as often as it stands there. */
  length: number;
  /** Its words as text of a `tsvector`, each with one position that says how often it stands there. */
  words: string;
  /** Of what a model reads of it, so that equal texts are embedded once. */
  hash: string;
}

/** A document, ready to be kept. */
export interface PreparedDocument {
  /** Of its cleaned text. */
  hash: string;
  /** Bytes of the cleaned text. */
  size: number;
  chunks: PreparedChunk[];
}

/** More than this a position can't say. */
const countMax = 16_383;

/** Makes a document's text ready: cleaned, cut into chunks, and told apart into words. The name's words are found, too. */
export function prepare(name: string, text: string): PreparedDocument {
  const cleaned = clean(text);
  const chunks = cleaned.trim() === '' ? [] : chunksOf(cleaned);
  return {
    hash: hashOf(cleaned),
    size: Buffer.byteLength(cleaned),
    chunks: chunks.map(({ heading, lead, text: own }) => {
      const content = lead + own;
      const counts = countsOf([name, heading, content].filter(Boolean).join('\n'));
      let length = 0;
      for (const count of counts.values()) length += count;
      const words = [...counts].map(([term, count]) => `${lexeme(term)}:${Math.min(count, countMax)}`);
      return {
        ...{ heading, content, leadLength: lead.length, length, words: words.join(' ') },
        hash: hashOf(embeddedText(heading, content)),
      };
    }),
  };
}

/** What a model reads of a chunk. */
export const embeddedText = (heading: string | null, content: string): string =>
  heading ? `${heading}\n\n${content}` : content;

/** A word as PostgreSQL reads it in a `tsvector` or `tsquery`. */
export const lexeme = (term: string): string => `'${term.replaceAll('\\', '\\\\').replaceAll("'", "''")}'`;

function hashOf(text: string): string {
  return createHash('sha256').update(text).digest('base64url');
}
