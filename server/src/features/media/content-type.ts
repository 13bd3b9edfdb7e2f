import { open } from 'node:fs/promises';
import { FileTypeParser } from 'file-type';

/** What a file is for people who send it; only a document may be anything. */
export type MediaKind = 'image' | 'video' | 'audio' | 'document';

/** What its bytes say. */
export interface Content {
  /** Found in the bytes; undefined where they say nothing, as text does. */
  found: string | undefined;
  isText: boolean;
}

const headBytes = 4_096;
/** A file that was made to be hard to recognise counts as unknown. */
const recogniseMsMax = 2_000;
const unknownType = 'application/octet-stream';

const aliases: Readonly<Record<string, string>> = {
  'image/jpg': 'image/jpeg',
  'image/pjpeg': 'image/jpeg',
  'image/x-png': 'image/png',
  'audio/mp3': 'audio/mpeg',
  'audio/x-mp3': 'audio/mpeg',
  'audio/wave': 'audio/wav',
  'audio/x-wav': 'audio/wav',
  'audio/vnd.wave': 'audio/wav',
  'audio/m4a': 'audio/mp4',
  'audio/x-m4a': 'audio/mp4',
  'video/x-m4v': 'video/mp4',
  'video/x-matroska': 'video/matroska',
  'application/x-pdf': 'application/pdf',
  'application/x-zip-compressed': 'application/zip',
  'application/gzip': 'application/gzip',
  'application/x-gzip': 'application/gzip',
  'text/xml': 'application/xml',
  'binary/octet-stream': unknownType,
};

/** Types that share one form: the bytes don't tell them apart, so what they are said to be counts. */
const families: readonly RegExp[] = [
  /^((audio|video)\/(mp4|3gpp2?|quicktime|mp4v-es)|audio\/aac)$/,
  /^((audio|video)\/(webm|matroska))$/,
  /^((audio|video|application)\/ogg|audio\/opus)$/,
  /^application\/(zip|epub\+zip|java-archive|vnd\.(openxmlformats|oasis\.opendocument|android\.package|ms-)[\w.+-]*)$/,
  /^application\/(x-cfb|msword|vnd\.ms-[\w.-]+|vnd\.visio)$/,
  /^(application\/xml|image\/svg\+xml|text\/html|application\/[\w.-]+\+xml)$/,
];
/** What can be known by its bytes, and is not when they are others. */
const recognisable =
  /^(image\/(?!svg)|video\/|audio\/|font\/|application\/(pdf|zip|gzip|x-7z|x-rar|vnd\.rar|msword|vnd\.(openxmlformats|oasis|ms-(excel|powerpoint))|epub))/;
const textual =
  /^(text\/|image\/svg\+xml$|application\/(json|xml|javascript|x-yaml|yaml|sql|x-ndjson|[\w.-]+\+(json|xml))$)/;

/** What only its ending tells apart from any other text. */
const byEnding: Readonly<Record<string, string>> = {
  csv: 'text/csv',
  htm: 'text/html',
  html: 'text/html',
  ics: 'text/calendar',
  json: 'application/json',
  md: 'text/markdown',
  svg: 'image/svg+xml',
  vcf: 'text/vcard',
  xml: 'application/xml',
};

/** What a file is said to be: by its type, else by the ending of its name. */
export function saidType(type: string | undefined, filename: string): string | undefined {
  const plain = plainType(type ?? '');
  if (plain !== '' && plain !== unknownType) return plain;
  return byEnding[filename.split('.').at(-1)?.toLowerCase() ?? ''];
}

/** Reads what the bytes of a file say they are. */
export async function readContent(path: string): Promise<Content> {
  const parser = new FileTypeParser({ signal: AbortSignal.timeout(recogniseMsMax) });
  const found = await parser.fromFile(path).catch(() => undefined);
  return {
    found: found && plainType(found.mime),
    isText: found === undefined && (await looksLikeText(path)),
  };
}

/** The type that content is stored under, or undefined when it is not at all what it is said to be. */
export function decideType({ found, isText }: Content, said: string | undefined): string | undefined {
  const claimed = plainType(said ?? '');
  // Forms say text of everything whose type they don't know.
  const isVague = ['', unknownType].includes(claimed) || (claimed === 'text/plain' && found !== undefined);
  if (isVague) return typeOf({ found, isText });
  if (found === undefined) {
    if (recognisable.test(claimed) || (textual.test(claimed) && !isText)) return undefined;
    return claimed;
  }
  if (families.some((family) => family.test(claimed) && family.test(found))) {
    // The more precise of the two.
    return /\/(zip|x-cfb|xml|ogg)$/.test(found) || /^(audio|video)\//.test(claimed) ? claimed : found;
  }
  return isVisual(claimed) === isVisual(found) && isPlayed(claimed) === isPlayed(found) ? found : undefined;
}

/** The type by the bytes alone, where what was said of them is wrong. */
export function typeOf({ found, isText }: Content): string {
  return found ?? (isText ? 'text/plain' : unknownType);
}

/** A drawing in SVG is a document: a browser would run what is in it. */
export function kindOf(mimetype: string): MediaKind {
  if (/^image\/(?!svg)/.test(mimetype)) return 'image';
  if (mimetype.startsWith('video/')) return 'video';
  return mimetype.startsWith('audio/') ? 'audio' : 'document';
}

const isVisual = (type: string) => kindOf(type) === 'image';
const isPlayed = (type: string) => ['video', 'audio'].includes(kindOf(type));

/** Lower case, without parameters, under its usual name; anything that is no type becomes nothing. */
export function plainType(type: string): string {
  const plain = type.split(';', 1)[0]?.trim().toLowerCase() ?? '';
  if (!/^[\w.+-]{1,60}\/[\w.+-]{1,100}$/.test(plain)) return '';
  return aliases[plain] ?? plain;
}

async function looksLikeText(path: string): Promise<boolean> {
  const file = await open(path);
  try {
    const { buffer, bytesRead } = await file.read(Buffer.alloc(headBytes), 0, headBytes, 0);
    const head = buffer.subarray(0, bytesRead);
    const isWide = bytesRead >= 2 && [0xfffe, 0xfeff].includes(head.readUInt16BE(0));
    return isWide || !head.some((byte) => byte < 0x20 && ![0x09, 0x0a, 0x0c, 0x0d, 0x1b].includes(byte));
  } finally {
    await file.close();
  }
}
