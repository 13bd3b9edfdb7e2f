import { blocksOf } from './blocks.ts';
import { sentencesOf } from './sentences.ts';

/** A piece of a document that answers are found in. The texts of all chunks in their order are the document. */
export interface Chunk {
  /** The headings above it, the outermost first. */
  heading: string | null;
  /** What stands before its text once more: the sentence before, or the head of the table it is part of. */
  lead: string;
  text: string;
}

/** A chunk is full from here on. */
const lengthAim = 900;
/** A heading begins a new chunk only behind this much, or a page of headings would be thousands of chunks. */
const lengthMin = 120;
const sentenceMax = 300;
const tableHeadMax = 500;
const headingMax = 300;

/**
 * Cuts a text at headings, blank lines, items and rows, then at sentences of any script. Every character of the text is
 * in exactly one chunk's `text`. With its lead no chunk has more than 1,500 UTF-16 units, and none cuts a character.
 */
export function chunksOf(text: string): Chunk[] {
  const chunks: Chunk[] = [];
  const headings: string[] = [];
  let chunk: Chunk | undefined;
  /** Whether it says more than headings. */
  let hasBody = false;
  let tableHead = '';

  const begin = (lead: string) => {
    chunk = { heading: pathOf(headings), lead, text: '' };
    hasBody = false;
    chunks.push(chunk);
    return chunk;
  };

  for (const { kind, text: whole, level = 1, title = '', head } of blocksOf(text)) {
    if (kind === 'heading') {
      headings.length = Math.min(headings.length, level - 1);
      headings[level - 1] = title;
      if (hasBody && chunk && chunk.text.length >= lengthMin) chunk = undefined;
    }
    for (const piece of whole.length <= lengthAim ? [whole] : sentencesOf(whole, lengthAim)) {
      let into = chunk ?? begin('');
      if (hasBody && into.lead.length + into.text.length + piece.length > lengthAim) {
        const isInTable = kind === 'row' && head === undefined;
        into = begin(isInTable ? tableHead : lastSentence(into.text));
      }
      into.text += piece;
      hasBody ||= kind !== 'heading' || into.text.length > sentenceMax;
    }
    tableHead = kind === 'row' ? (head?.slice(0, tableHeadMax).toWellFormed() ?? tableHead) : '';
  }
  return chunks;
}

function pathOf(headings: readonly (string | undefined)[]): string | null {
  return headings.filter(Boolean).join(' › ').slice(0, headingMax).toWellFormed() || null;
}

/** The end of what came before, for a chunk that goes on with it; empty where that is a long sentence or a heading. */
function lastSentence(text: string): string {
  const tail = text.slice(-2 * sentenceMax).toWellFormed();
  const last = sentencesOf(tail, 2 * sentenceMax).findLast((sentence) => sentence.trim() !== '') ?? '';
  const isWhole = last.length < tail.trimStart().length;
  return isWhole && last.length <= sentenceMax && !/^[#|]/.test(last) ? last : '';
}
