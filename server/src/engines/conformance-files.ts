import { createHash } from 'node:crypto';
import { Readable } from 'node:stream';
import { FileGone, type Files, type OutgoingFile } from './port.ts';

const files = new Map<string, Buffer>();

/** A file of the suite's own storage; its bytes are not what its type says, which no network looks at. */
export function sampleFile(name: string, mimetype: string, bytes = 40_001): OutgoingFile {
  const body = Buffer.alloc(bytes, `${name}, of the suite. `);
  files.set(name, body);
  return { id: name, mimetype, bytes, sha256: createHash('sha256').update(body).digest('hex') };
}

export const samplePreview = Buffer.alloc(300, 'preview');

/** What engines under test are given to read files with. */
export const sampleFiles: Files = {
  async open({ id }) {
    const body = files.get(id);
    if (!body) throw new FileGone(`There is no file ${id}.`);
    return Readable.from([body.subarray(0, 30_000), body.subarray(30_000)]);
  },
  preview: async () => samplePreview,
};

export const bytesOf = (name: string) => files.get(name);
