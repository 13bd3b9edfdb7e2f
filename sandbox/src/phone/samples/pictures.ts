import { crc32, deflateSync } from 'node:zlib';

function chunk(type: string, data: Buffer): Buffer {
  const body = Buffer.concat([Buffer.from(type), data]);
  const [length, check] = [Buffer.alloc(4), Buffer.alloc(4)];
  length.writeUInt32BE(data.length);
  check.writeUInt32BE(crc32(body));
  return Buffer.concat([length, body, check]);
}

/** A grey PNG of this many pixels each way. */
export function png(side: number): Buffer {
  const header = Buffer.alloc(13);
  header.writeUInt32BE(side, 0);
  header.writeUInt32BE(side, 4);
  header[8] = 8;
  const rows = Buffer.alloc(side * (side + 1), 128);
  for (let row = 0; row < side; row += 1) rows[row * (side + 1)] = 0;
  const signature = Buffer.from([0x89, 0x50, 0x4e, 0x47, 0x0d, 0x0a, 0x1a, 0x0a]);
  const parts = [chunk('IHDR', header), chunk('IDAT', deflateSync(rows)), chunk('IEND', Buffer.alloc(0))];
  return Buffer.concat([signature, ...parts]);
}

function segment(marker: number, ...data: number[]): Buffer {
  const length = data.length + 2;
  return Buffer.from([0xff, marker, length >> 8, length & 0xff, ...data]);
}

/** A grey JPEG; `side` is a multiple of 8. */
export function jpeg(side: number): Buffer {
  const size = [side >> 8, side & 0xff];
  const oneCode = [1, ...new Array<number>(15).fill(0), 0];
  // Every block of 8 by 8 says "as before" in two zero bits; ones fill up the last byte.
  const bits = (side / 8) ** 2 * 2;
  const scan = Buffer.alloc(Math.ceil(bits / 8));
  if (bits % 8 !== 0) scan[scan.length - 1] = 0xff >> (bits % 8);
  return Buffer.concat([
    Buffer.from([0xff, 0xd8]),
    segment(0xe0, ...Buffer.from('JFIF\0'), 1, 1, 0, 0, 1, 0, 1, 0, 0),
    segment(0xdb, 0, ...new Array<number>(64).fill(1)),
    segment(0xc0, 8, ...size, ...size, 1, 1, 0x11, 0),
    segment(0xc4, 0x00, ...oneCode),
    segment(0xc4, 0x10, ...oneCode),
    segment(0xda, 1, 1, 0, 0, 63, 0),
    scan,
    Buffer.from([0xff, 0xd9]),
  ]);
}

/** Writes bits from the lowest of each byte on. */
class BitWriter {
  readonly #bits: number[] = [];

  put(value: number, count: number): void {
    for (let bit = 0; bit < count; bit += 1) this.#bits.push((value >> bit) & 1);
  }

  bytes(): Buffer {
    const bytes = Buffer.alloc(Math.ceil(this.#bits.length / 8));
    for (const [at, bit] of this.#bits.entries()) bytes[at >> 3] = (bytes[at >> 3] ?? 0) | (bit << (at & 7));
    return bytes;
  }
}

/** A lossless WebP of one colour, as stickers are. */
export function webp(side: number): Buffer {
  const writer = new BitWriter();
  writer.put(0x2f, 8);
  writer.put(side - 1, 14);
  writer.put(side - 1, 14);
  // No alpha, version 0, no transform, no colour cache, one group of codes.
  writer.put(0, 1 + 3 + 1 + 1 + 1);
  // Each colour has one symbol only, so that pixels take no bits at all: green, red, blue, alpha, distance.
  for (const symbol of [180, 40, 90, 255, 0]) {
    writer.put(0b101, 3);
    writer.put(symbol, 8);
  }
  const data = writer.bytes();
  const padded = data.length % 2 === 0 ? data : Buffer.concat([data, Buffer.alloc(1)]);
  const head = Buffer.alloc(20);
  head.write('RIFF', 0);
  head.writeUInt32LE(12 + padded.length, 4);
  head.write('WEBPVP8L', 8);
  head.writeUInt32LE(data.length, 16);
  return Buffer.concat([head, padded]);
}
