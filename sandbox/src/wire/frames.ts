const HEADER_BYTES = 4;
const ROUTING_MARK = 'ED\0\x01';
/** Far above any stanza a client sends; the length field could claim twice as much. */
const FRAME_BYTES_MAX = 8 * 1024 * 1024;
/** Routing that the network once gave the client: some dozens of bytes. */
const ROUTING_BYTES_MAX = 64 * 1024;

/** Cuts a byte stream into frames: an intro once, then 3-byte length and payload. Message borders mean nothing. */
export class FrameReader {
  #rest: Buffer = Buffer.alloc(0);
  /** Bytes after `rest` that don't complete a frame yet; joined once there are enough, however small they come. */
  #later: Buffer[] = [];
  #laterBytes = 0;
  #header: Buffer | undefined;

  /** The client's 4-byte intro, once it has arrived. */
  get header(): Buffer | undefined {
    return this.#header;
  }

  /**
   * Adds bytes, gives every frame that is complete by now. Throws when the stream does not start as WhatsApp's, or a
   * frame claims more than `bytesMax`.
   */
  push(data: Buffer, bytesMax = FRAME_BYTES_MAX): Buffer[] {
    this.#later.push(data);
    this.#laterBytes += data.length;
    if (this.#rest.length + this.#laterBytes < this.#needed()) return [];
    this.#rest = Buffer.concat([this.#rest, ...this.#later]);
    this.#later = [];
    this.#laterBytes = 0;
    if (!this.#header && !this.#takeIntro()) return [];
    const frames: Buffer[] = [];
    while (this.#rest.length >= 3) {
      const size = this.#rest.readUIntBE(0, 3);
      if (size > bytesMax) throw new Error('frame is too large');
      if (this.#rest.length < size + 3) break;
      frames.push(this.#rest.subarray(3, size + 3));
      this.#rest = this.#rest.subarray(size + 3);
    }
    return frames;
  }

  /** How many bytes there must be before looking at them can tell anything new. */
  #needed(): number {
    return this.#header && this.#rest.length >= 3 ? 3 + this.#rest.readUIntBE(0, 3) : 0;
  }

  #takeIntro(): boolean {
    let start = 0;
    if (this.#rest.length >= 7 && this.#rest.toString('latin1', 0, 4) === ROUTING_MARK) {
      start = 7 + this.#rest.readUIntBE(4, 3);
      if (start > ROUTING_BYTES_MAX) throw new Error('routing prefix is too large');
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
