/** A part of a text that belongs together, with the line ends and blank lines behind it. */
interface Block {
  kind: 'heading' | 'item' | 'row' | 'paragraph';
  text: string;
  /** Of a heading: 1 to 6, and its words. */
  level?: number;
  title?: string;
  /** Of the first row of a table: what every part of the table begins with. */
  head?: string;
}

const headingLine = /^ {0,3}(#{1,6})[ \t]+(.*?)[ \t#]*$/;
const itemLine = /^[ \t]*(?:[-*+•‣◦]|\d{1,3}[.)]|[（(]\d{1,3}[)）])[ \t]+\S/;
const ruleLine = /^\|(?:[ \t]*:?-+:?[ \t]*\|)+$/;
const headingMax = 400;
const ruleMax = 2_000;

/** The blocks of a text, together the whole text. Headings, items and tables are those of Markdown. */
export function blocksOf(text: string): Block[] {
  const blocks: Block[] = [];
  let isClosed = true;
  for (const line of linesOf(text)) {
    const words = line.trim();
    const last = blocks.at(-1);
    if (words === '') {
      if (last) last.text += line;
      else blocks.push({ kind: 'paragraph', text: line });
      isClosed = true;
      continue;
    }
    const block = blockOf(line, words);
    const goesOn = last !== undefined && !isClosed;
    if (goesOn && block.kind === 'row' && last.kind === 'row') {
      if (last.head !== undefined && words.length <= ruleMax && ruleLine.test(words)) {
        last.text += line;
        last.head += line;
      } else blocks.push(block);
    } else if (goesOn && block.kind === 'paragraph' && (last.kind === 'paragraph' || last.kind === 'item')) {
      last.text += line;
    } else blocks.push(block.kind === 'row' ? { ...block, head: line } : block);
    isClosed = false;
  }
  return blocks;
}

function blockOf(line: string, words: string): Block {
  const heading = words.length <= headingMax ? headingLine.exec(words) : null;
  if (heading?.[1]) return { kind: 'heading', text: line, level: heading[1].length, title: heading[2] ?? '' };
  if (words.startsWith('|') && words.endsWith('|') && words.length > 1) return { kind: 'row', text: line };
  return { kind: itemLine.test(line) ? 'item' : 'paragraph', text: line };
}

function* linesOf(text: string): Generator<string> {
  for (let from = 0; from < text.length; ) {
    const end = text.indexOf('\n', from);
    const to = end < 0 ? text.length : end + 1;
    yield text.slice(from, to);
    from = to;
  }
}
