import { extname } from 'node:path';

/** The kinds of files that text can be read from. */
export type FileKind = 'pdf' | 'docx' | 'csv' | 'md' | 'txt';

const byEnding: Readonly<Record<string, FileKind>> = {
  '.csv': 'csv',
  '.tsv': 'csv',
  '.md': 'md',
  '.markdown': 'md',
};

/** What a file is: by its first bytes, and among texts by the end of its name. Undefined for what has no text to read. */
export function kindOf(bytes: Uint8Array, filename: string): FileKind | undefined {
  const begin = Buffer.from(bytes.subarray(0, 8)).toString('latin1');
  if (begin.startsWith('%PDF-')) return 'pdf';
  if (begin.startsWith('PK\x03\x04')) return 'docx';
  const isUtf16 = begin.startsWith('\xff\xfe') || begin.startsWith('\xfe\xff');
  if (!isUtf16 && bytes.subarray(0, 4_096).includes(0)) return undefined;
  return byEnding[extname(filename).toLowerCase()] ?? 'txt';
}
