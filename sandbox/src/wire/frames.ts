const HEADER_BYTES = 4;
const ROUTING_MARK = 'ED\0\x01';
/** Far above any stanza a client sends; the length field could claim twice as much. */
const FRAME_BYTES_MAX = 8 * 1024 * 1024;

/** Cuts a byte stream into frames: an intro once, then 3-byte length and payload. Message borders mean nothing. */
export class FrameReader {
  #rest: Buffer = Buffer.alloc(0);
  #header: Buffer | undefined;

  /** The client's 4-byte intro, once it has arrived. */
  get header(): Buffer | undefined {
    return this.#header;
  }

  /** Adds bytes, gives every frame that is complete by now. Throws when the stream does not start as WhatsApp's. */
  push(data: Buffer): Buffer[] {
    this.#rest = this.#rest.length === 0 ? data : Buffer.concat([this.#rest, data]);
    if (!this.#header && !this.#takeIntro()) return [];
    const frames: Buffer[] = [];
    while (this.#rest.length >= 3) {
      const size = this.#rest.readUIntBE(0, 3);
      if (size > FRAME_BYTES_MAX) throw new Error('frame is too large');
      if (this.#rest.length < size + 3) break;
      frames.push(this.#rest.subarray(3, size + 3));
      this.#rest = this.#rest.subarray(size + 3);
    }
    return frames;
  }

  #takeIntro(): boolean {
    let start = 0;
    if (this.#rest.length >= 7 && this.#rest.toString('latin1', 0, 4) === ROUTING_MARK) {
      start = 7 + this.#rest.readUIntBE(4, 3);
    } else if (this.#rest.length < 7 && this.#rest[0] === 0x45) {
      return false;
    }
    if (this.#rest.length < start + HEADER_BYTES) return false;
    const header = this.#rest.subarray(start, start + HEADER_BYTES);
    if (header.toString('latin1', 0, 2) !== 'WA') throw new Error('not a WhatsApp client');
    this.#header = Buffer.from(header);
    this.#rest = this.#rest.subarray(start + HEADER_BYTES);
    return true;
  }
}

/** One frame: 3-byte big-endian length, then the payload. */
export function frame(payload: Uint8Array): Buffer {
  const buffer = Buffer.allocUnsafe(payload.length + 3);
  buffer.writeUIntBE(payload.length, 0, 3);
  buffer.set(payload, 3);
  return buffer;
}
