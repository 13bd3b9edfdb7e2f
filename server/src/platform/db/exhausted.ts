import { errorCode } from './database-unusable.ts';

const ofDatabase = 'nothing can be stored until that is mended';
/** What has run out or does not take changes, by SQLSTATE or the system's code. */
const sentences: Record<string, string> = {
  '53100': `The disk of the database is full: ${ofDatabase}.`,
  '53200': 'The database is out of memory: some requests can not be served until it has more.',
  '53000': `The database is out of resources: ${ofDatabase}.`,
  '53300': 'The database has no connection left to give.',
  '53400': `The database has reached a limit of its settings: ${ofDatabase}.`,
  '58000': `The system under the database fails: ${ofDatabase}.`,
  '58030': `The disk of the database fails: ${ofDatabase}.`,
  '25006': `The database is read-only: ${ofDatabase}.`,
  ENOSPC: 'The disk of this server is full: nothing can be stored until there is room.',
  EDQUOT: 'The disk quota of this server is used up: nothing can be stored until there is room.',
  EROFS: 'The disk of this server is read-only: nothing can be stored.',
  EIO: 'The disk of this server fails: nothing can be stored.',
  EMFILE: 'This server has as many files open as the system lets it.',
  ENFILE: 'The system this server runs on has as many files open as it can.',
};

/** A sentence about what has run out (disk, memory, files …) when that is why something failed, else undefined. */
export function exhaustedOf(error: unknown): string | undefined {
  return exhaustedBy(errorCode(error));
}

export function exhaustedBy(code: string | undefined): string | undefined {
  return code !== undefined && Object.hasOwn(sentences, code) ? sentences[code] : undefined;
}
