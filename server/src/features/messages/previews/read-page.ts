import { TextDecoder } from 'node:util';
import { Parser } from 'htmlparser2';

export interface PageFacts {
  title?: string;
  description?: string;
}

/** A page says what it is at its beginning; what has not by then says nothing. */
const bytesMax = 262_144;
const titleMax = 300;
const descriptionMax = 600;
/** The first that is there is taken. */
const titles = ['og:title', 'twitter:title', 'title'];
const descriptions = ['og:description', 'twitter:description', 'description'];

/** What a page of HTML calls itself, as far as its head goes. */
export async function readPage(body: AsyncIterable<Uint8Array>, charset: string): Promise<PageFacts> {
  const found = new Map<string, string>();
  const decoder = decoderOf(charset);
  let inTitle = false;
  let isOver = false;
  const note = (name: string, value: string) => {
    const before = found.get(name) ?? '';
    if (before.length < descriptionMax * 4) found.set(name, before + value);
  };
  const parser = new Parser({
    onopentag(tag, { name, property, content }) {
      if (tag === 'title') inTitle = true;
      if (tag === 'body') isOver = true;
      const key = (property ?? name ?? '').toLowerCase();
      if (tag === 'meta' && content && !found.has(key)) note(key, content);
    },
    ontext(text) {
      if (inTitle) note('title', text);
    },
    onclosetag(tag) {
      if (tag === 'title') inTitle = false;
      if (tag === 'head') isOver = true;
    },
  });
  let read = 0;
  for await (const chunk of body) {
    read += chunk.length;
    parser.write(decoder.decode(chunk, { stream: true }));
    if (isOver || read > bytesMax) break;
  }
  const title = first(found, titles, titleMax);
  const description = first(found, descriptions, descriptionMax);
  return { ...(title && { title }), ...(description && { description }) };
}

function first(found: ReadonlyMap<string, string>, names: readonly string[], max: number) {
  const value = names.map((name) => found.get(name)).find((one) => one?.trim());
  const plain = value?.toWellFormed().replaceAll(/[\p{Cc}\s]+/gu, ' ');
  return plain && [...plain.trim()].slice(0, max).join('');
}

function decoderOf(charset: string): TextDecoder {
  try {
    return new TextDecoder(charset);
  } catch {
    return new TextDecoder();
  }
}
