import { inflateSync } from 'node:zlib';
import { type BinaryNode, decodeDecompressedBinaryNode } from 'baileys';
import * as constants from 'baileys/lib/WABinary/constants.js';

const COMPRESSED = 2;
/** Far above any stanza of a client, and little enough to hold. */
const INFLATED_BYTES_MAX = 8 * 1024 * 1024;
/** Reads of the decoder; a query about thirty thousand numbers takes about three quarters of it. */
const STEPS_MAX = 1_000_000;
/** The deepest stanza of a client has six levels. */
const DEPTH_MAX = 32;
/** Characters of a tag, of an attribute's name and of its value. */
const TEXT_MAX = 16 * 1024;

/** The decoder's place in the bytes. Lengths may be negative there, and lead it in circles: here it runs out of steps. */
class Cursor {
  #index = 0;
  #steps = 0;

  get index(): number {
    return this.#index;
  }

  set index(value: number) {
    this.#steps += 1;
    if (this.#steps > STEPS_MAX || value < 0) throw new Error('stanza has too many parts');
    this.#index = value;
  }
}

/** A stanza from what a client sent, flag byte first. Bounded in time, memory and depth; throws on anything that is not one. */
export function decodeIncoming(frame: Buffer): BinaryNode {
  const isCompressed = (frame.readUInt8(0) & COMPRESSED) !== 0;
  const body = isCompressed
    ? inflateSync(frame.subarray(1), { maxOutputLength: INFLATED_BYTES_MAX })
    : frame.subarray(1);
  const stanza = decodeDecompressedBinaryNode(body, constants, new Cursor());
  refuseExcess(stanza);
  return stanza;
}

function refuseExcess(stanza: BinaryNode): void {
  let level = [stanza];
  for (let depth = 1; level.length > 0; depth += 1) {
    if (depth > DEPTH_MAX) throw new Error('stanza is nested too deep');
    for (const { tag, attrs } of level) {
      for (const text of [tag, ...Object.keys(attrs), ...Object.values(attrs)]) {
        if (text.length > TEXT_MAX) throw new Error('stanza has an attribute that is too long');
      }
    }
    level = level.flatMap(({ content }) => (Array.isArray(content) ? content : []));
  }
}
