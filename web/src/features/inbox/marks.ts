import { type Link, linkAt } from './links.ts';

/** A text as it is drawn: WhatsApp's marks and links, never HTML. */
export type Piece =
  | { kind: 'text'; text: string }
  | { kind: 'bold' | 'italic' | 'strike' | 'quote'; pieces: Piece[] }
  | { kind: 'code' | 'block'; text: string }
  | { kind: 'link'; text: string; link: Link };

const kinds = { '*': 'bold', _: 'italic', '~': 'strike' } as const;
/** Marks in marks, as deep as somebody would write them. */
const depthMax = 6;

/** What a text says with its marks. */
export function piecesOf(text: string): Piece[] {
  const parts = text.split(/```([\s\S]+?)```/);
  return parts.flatMap((part, index): Piece[] =>
    index % 2 ? [{ kind: 'block', text: part.replace(/^\n|\n$/g, '') }] : quotes(part),
  );
}

/** Lines that begin with `> ` are words of somebody else. */
function quotes(text: string): Piece[] {
  const pieces: Piece[] = [];
  let plain: string[] = [];
  const end = () => {
    if (plain.length > 0) pieces.push(...inline(plain.join('\n'), 0));
    plain = [];
  };
  const lines = text.split('\n');
  lines.forEach((line, index) => {
    if (line.startsWith('> ')) {
      end();
      pieces.push({ kind: 'quote', pieces: inline(line.slice(2), 0) });
    } else plain.push(index > 0 && plain.length === 0 && pieces.length === 0 ? `\n${line}` : line);
  });
  end();
  return pieces;
}

function inline(text: string, depth: number): Piece[] {
  const pieces: Piece[] = [];
  const unclosed: Unclosed = new Map();
  let from = 0;
  const plainUntil = (at: number) => {
    if (at > from) pieces.push({ kind: 'text', text: text.slice(from, at) });
  };
  for (let at = 0; at < text.length; ) {
    const found = linkAhead(text, at) ?? (depth < depthMax ? markedAt(text, at, depth, unclosed) : undefined);
    if (!found) {
      at += 1;
      continue;
    }
    plainUntil(at);
    pieces.push(found.piece);
    at = found.end;
    from = at;
  }
  plainUntil(text.length);
  return pieces;
}

function linkAhead(text: string, at: number): { piece: Piece; end: number } | undefined {
  if (!/[hw]/i.test(text[at] ?? '')) return undefined;
  const found = linkAt(text, at);
  if (!found) return undefined;
  const { written, link } = found;
  return { piece: { kind: 'link', text: written, link }, end: at + written.length };
}

const isEdge = (letter: string | undefined): boolean => letter === undefined || !/[\p{L}\p{N}]/u.test(letter);
const isSpace = (letter: string | undefined): boolean => letter === undefined || /\s/.test(letter);

/** Of each mark, up to where nothing closes it: that is not looked for again from every place before. */
type Unclosed = Map<string, number>;

/** A mark opens before a word and closes behind one, in the same line. */
function markedAt(
  text: string,
  at: number,
  depth: number,
  unclosed: Unclosed,
): { piece: Piece; end: number } | undefined {
  const mark = text[at];
  if (mark === undefined || !'*_~`'.includes(mark)) return undefined;
  if (!isEdge(text[at - 1]) || isSpace(text[at + 1]) || text[at + 1] === mark) return undefined;
  if (at < (unclosed.get(mark) ?? 0)) return undefined;
  let end = at + 2;
  for (; end < text.length && text[end] !== '\n'; end += 1) {
    if (text[end] !== mark || isSpace(text[end - 1]) || !isEdge(text[end + 1])) continue;
    const inside = text.slice(at + 1, end);
    const piece: Piece =
      mark === '`'
        ? { kind: 'code', text: inside }
        : { kind: kinds[mark as keyof typeof kinds], pieces: inline(inside, depth + 1) };
    return { piece, end: end + 1 };
  }
  unclosed.set(mark, end);
  return undefined;
}
