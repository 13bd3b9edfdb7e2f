import sharp from 'sharp';
import type { PhoneMessage } from './sandbox.ts';

const picture = sharp({ create: { width: 24, height: 24, channels: 3, background: '#c96' } })
  .png()
  .toBuffer()
  .then((png) => png.toString('base64'));
const page = Buffer.from('%PDF-1.4\nRye, wheat and spelt.\n').toString('base64');

type Wording = (words: string) => Record<string, unknown> | Promise<Record<string, unknown>>;

/** Kinds of messages, by the path that sends one; each shows the words somewhere on the phone. */
const kinds: Record<string, Wording> = {
  text: (text) => ({ text }),
  image: async (caption) => ({ base64: await picture, caption }),
  document: (caption) => ({ base64: page, filename: 'prices.pdf', caption }),
  location: (name) => ({ latitude: -6.2, longitude: 106.8, name }),
  contact: (name) => ({ contacts: [{ name, phone: '+62 812-3456-789' }] }),
  poll: (question) => ({ question, options: ['Rye', 'Wheat'] }),
};
const paths = Object.keys(kinds);

/** What sends these words in the n-th kind: the path of the request, and the fields of its body. */
export async function nthKind(n: number, words: string) {
  const path = paths[n % paths.length] ?? 'text';
  return { path, fields: await kinds[path]?.(words) };
}

/** The words of a message of any of these kinds, as a phone shows it. */
export function wordsOf({ text, content }: PhoneMessage): string {
  const of = content as {
    caption?: string;
    location?: { name?: string };
    contacts?: { name: string }[];
    poll?: { question: string };
  };
  return of.caption || of.location?.name || of.contacts?.[0]?.name || of.poll?.question || text;
}
