import { Failure } from '../../platform/failures.ts';

export interface Decoded {
  bytes: AsyncIterable<Uint8Array>;
  /** Of a data URL. */
  mimetype: string | undefined;
}

/** A multiple of 4: each piece is decoded by itself. */
const lettersAtOnce = 262_144;
const dataUrl = /^data:([^,]{0,300}),/i;

/**
 * The bytes behind base64, bare or as a data URL, piece by piece. Both alphabets and lines broken as mail does are
 * understood; anything else in it is refused before a byte is taken.
 * @throws Failure MEDIA_BASE64_INVALID; MEDIA_TOO_LARGE when more than `bytesMax` stand behind it.
 */
export function decodeBase64(text: string, bytesMax: number): Decoded {
  const head = dataUrl.exec(text);
  if (!head && /^data:/i.test(text)) throw invalid('The data URL has no comma, or too much before it.');
  const parts = (head?.[1] ?? ';base64').split(';').map((part) => part.trim());
  if (parts.at(-1)?.toLowerCase() !== 'base64') throw invalid('Only data URLs in base64 are understood.');
  const letters = text.slice(head?.[0].length ?? 0).replaceAll(/[\r\n]/g, '');
  const [padding = ''] = /={0,2}$/.exec(letters) ?? [];
  const count = letters.length - padding.length;
  if (Math.floor((count * 3) / 4) > bytesMax) throw tooLarge(bytesMax);
  const odd = /[^A-Za-z0-9+/_-]/.exec(letters.slice(0, count));
  if (odd) throw invalid(`Character ${odd.index + 1} of the base64 is none of its letters.`);
  if (count % 4 === 1 || (padding !== '' && letters.length % 4 !== 0)) {
    throw invalid('The base64 ends in its middle.');
  }
  return { bytes: decode(letters.slice(0, count)), mimetype: head?.[1]?.split(';', 1)[0] || undefined };
}

async function* decode(letters: string): AsyncGenerator<Uint8Array> {
  for (let at = 0; at < letters.length; at += lettersAtOnce) {
    yield Buffer.from(letters.slice(at, at + lettersAtOnce), 'base64');
  }
}

export function tooLarge(bytesMax: number): Failure {
  return new Failure('MEDIA_TOO_LARGE', { says: `The file is larger than ${inMegabytes(bytesMax)} MB.` });
}

function inMegabytes(bytes: number): string {
  return String(Math.round((bytes / 1_048_576) * 100) / 100);
}

function invalid(says: string): Failure {
  return new Failure('MEDIA_BASE64_INVALID', { says, details: [{ path: '/base64', problem: says }] });
}
