import { Parser } from 'htmlparser2';
import JSZip from 'jszip';

interface Open {
  readonly name: string;
  readonly start: number;
  /** Of a run or a style: whether what is in it is hidden; undefined while nothing is said of it. */
  hides?: boolean;
  /** The style that it has, or of a style: the one that it is based on. */
  style?: string;
  id?: string;
}

/** The same document without the text that its author has hidden: nobody who reads it sees that. */
export async function withoutHidden(bytes: Uint8Array): Promise<Buffer> {
  const zip = await JSZip.loadAsync(bytes);
  const parts = Object.values(zip.files).filter(({ dir, name }) => !dir && /\.xml$/i.test(name));
  const texts = await Promise.all(parts.map((part) => part.async('string')));
  if (!texts.some((text) => /[:<]vanish\b/.test(text))) return Buffer.from(bytes);
  const styles = hidingStyles(texts);
  for (const [at, { name }] of parts.entries()) zip.file(name, cut(texts[at] ?? '', styles));
  return zip.generateAsync({ type: 'nodebuffer' });
}

/** Styles that hide, with those that are based on one. */
function hidingStyles(texts: readonly string[]): (id: string | undefined) => boolean {
  const all = new Map<string, { hides?: boolean | undefined; style?: string | undefined }>();
  for (const text of texts) {
    walk(text, (element) => {
      if (element.name === 'style' && element.id) all.set(element.id, element);
    });
  }
  return (id) => {
    let style = id === undefined ? undefined : all.get(id);
    for (let depth = 0; style && depth < 20; depth++) {
      if (style.hides !== undefined) return style.hides;
      style = style.style === undefined ? undefined : all.get(style.style);
    }
    return false;
  };
}

/** The text of a part without its hidden runs. */
function cut(text: string, isHiding: (style: string | undefined) => boolean): string {
  const ranges: [number, number][] = [];
  walk(text, (element, end, parents) => {
    if (element.name !== 'r') return;
    const paragraph = parents.findLast(({ name }) => name === 'p');
    if (element.hides ?? (isHiding(element.style) || isHiding(paragraph?.style))) {
      ranges.push([element.start, end]);
    }
  });
  let kept = '';
  let at = 0;
  // One that stands in another ends before it does.
  for (const [start, end] of ranges.toSorted(([a], [b]) => a - b)) {
    if (start < at) continue;
    kept += text.slice(at, start);
    at = end;
  }
  return kept + text.slice(at);
}

/** Tells of each element at its end. Prefixes of names are the author's choice and are left off. */
function walk(text: string, ended: (element: Open, end: number, parents: readonly Open[]) => void): void {
  const open: Open[] = [];
  const parser = new Parser(
    {
      onopentag(full, attributes) {
        const name = bare(full);
        const said = new Map(Object.entries(attributes).map(([key, value]) => [bare(key), value]));
        const owner = ownerIn(open, name);
        if (owner && name === 'vanish') owner.hides = !['0', 'false', 'off'].includes(said.get('val') ?? '1');
        if (owner && styleNames.has(name)) owner.style = said.get('val') ?? '';
        open.push({ name, start: parser.startIndex, id: said.get('styleId') ?? '' });
      },
      onclosetag() {
        const element = open.pop();
        if (element) ended(element, parser.endIndex + 1, open);
      },
    },
    { xmlMode: true },
  );
  parser.end(text);
}

const styleNames = new Set(['rStyle', 'pStyle', 'basedOn']);
const bare = (name: string) => name.slice(name.indexOf(':') + 1);

/** Whose property an element is: of a run, a paragraph or a style. The mark at the end of a paragraph hides nothing else. */
function ownerIn(open: readonly Open[], name: string): Open | undefined {
  const [grandparent, parent] = open.slice(-2);
  if (name === 'basedOn') return parent?.name === 'style' ? parent : undefined;
  const isIn = name === 'pStyle' ? 'pPr' : 'rPr';
  const isOwned = parent?.name === isIn && ['r', 'p', 'style'].includes(grandparent?.name ?? '');
  return isOwned ? grandparent : undefined;
}
