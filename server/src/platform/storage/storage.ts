import type { Readable } from 'node:stream';

/** The first and the last byte, both included. */
export interface ByteRange {
  readonly start: number;
  readonly end: number;
}

/** A file that has arrived whole and has no name yet. */
export interface Received {
  /** In hexadecimal digits. */
  readonly sha256: string;
  readonly size: number;
  /** Where it can be read until it is kept or discarded. */
  readonly path: string;
  /** Stores it under a name, durably; the same bytes may be kept twice. */
  keep(name: string): Promise<void>;
  /** Does nothing once it is kept. */
  discard(): Promise<void>;
}

/** Where files lie: streamed in and out, never whole in memory. A name is `<space>/<sha256>`; see `nameOf`. */
export interface Storage {
  /**
   * Takes a file in.
   * @throws TooManyBytes as soon as it is longer than `bytesMax`; the source is ended and nothing is left of it.
   */
  receive(source: AsyncIterable<Uint8Array>, limits: { bytesMax: number }): Promise<Received>;
  /** @throws NotStored */
  open(name: string, range?: ByteRange): Promise<Readable>;
  exists(name: string): Promise<boolean>;
  /** A name that is not there is no error. */
  remove(name: string): Promise<void>;
  /** Removes what arrived and was neither kept nor discarded, because its process was killed. */
  sweep(before: Date): Promise<void>;
  close(): Promise<void>;
}

/** A file was longer than allowed. */
export class TooManyBytes extends Error {
  constructor(bytesMax: number) {
    super(`more than ${bytesMax} bytes`);
    this.name = 'TooManyBytes';
  }
}

/** There is no file of that name. */
export class NotStored extends Error {
  constructor(name: string, options: { cause?: unknown } = {}) {
    super(`nothing is stored as ${name}`, options);
    this.name = 'NotStored';
  }
}

const safeName = /^[\w-]{1,64}\/[0-9a-f]{64}(-[a-z]{1,20})?$/;

/** The name of a file by its content, in a space of its own for each organisation; `part` names what was made of it. */
export function nameOf(space: string, sha256: string, part?: string): string {
  return checkedName(`${space}/${sha256}${part === undefined ? '' : `-${part}`}`);
}

/** @throws Error for anything that could lead out of the storage. */
export function checkedName(name: string): string {
  if (!safeName.test(name)) throw new Error(`'${name}' is no name of the storage`);
  return name;
}
