import { inflateSync } from 'node:zlib';

/** A picture in black and white: 1 is dark. */
export interface Bitmap {
  readonly width: number;
  readonly height: number;
  dark(x: number, y: number): boolean;
}

const SIGNATURE = Buffer.from('89504e470d0a1a0a', 'hex');
const SIDE_MAX = 4096;
const CHANNELS: Record<number, number> = { 0: 1, 2: 3, 3: 1, 4: 2, 6: 4 };

interface Header {
  readonly width: number;
  readonly height: number;
  readonly depth: number;
  readonly colour: number;
  readonly channels: number;
}

function chunks(png: Buffer): Map<string, Buffer> {
  const found = new Map<string, Buffer>();
  for (let at = SIGNATURE.length; at + 12 <= png.length; ) {
    const length = png.readUInt32BE(at);
    const name = png.toString('latin1', at + 4, at + 8);
    const data = png.subarray(at + 8, at + 8 + length);
    const before = found.get(name);
    found.set(name, before ? Buffer.concat([before, data]) : data);
    at += length + 12;
  }
  return found;
}

function headerOf(ihdr: Buffer | undefined): Header {
  if (ihdr?.length !== 13) throw new Error('the picture has no header');
  const [depth, colour, interlace] = [ihdr.readUInt8(8), ihdr.readUInt8(9), ihdr.readUInt8(12)];
  const [width, height] = [ihdr.readUInt32BE(0), ihdr.readUInt32BE(4)];
  const channels = CHANNELS[colour];
  if (!channels || interlace !== 0 || depth > 8) throw new Error('this kind of PNG is not read here');
  if (width === 0 || height === 0 || width > SIDE_MAX || height > SIDE_MAX)
    throw new Error('the picture is too large');
  return { width, height, depth, colour, channels };
}

function paeth(left: number, up: number, corner: number): number {
  const guess = left + up - corner;
  const [byLeft, byUp, byCorner] = [Math.abs(guess - left), Math.abs(guess - up), Math.abs(guess - corner)];
  if (byLeft <= byUp && byLeft <= byCorner) return left;
  return byUp <= byCorner ? up : corner;
}

function predicted(filter: number, left: number, up: number, corner: number): number {
  if (filter === 1) return left;
  if (filter === 2) return up;
  if (filter === 3) return (left + up) >> 1;
  return filter === 4 ? paeth(left, up, corner) : 0;
}

/** Undoes the row filters; gives the rows without their filter byte. */
function unfilter(raw: Buffer, rowBytes: number, pixelBytes: number, height: number): Buffer {
  const rows = Buffer.alloc(rowBytes * height);
  for (let y = 0; y < height; y += 1) {
    const filter = raw[y * (rowBytes + 1)] ?? 0;
    for (let x = 0; x < rowBytes; x += 1) {
      const at = y * rowBytes + x;
      const left = x >= pixelBytes ? (rows[at - pixelBytes] ?? 0) : 0;
      const up = y > 0 ? (rows[at - rowBytes] ?? 0) : 0;
      const corner = x >= pixelBytes && y > 0 ? (rows[at - rowBytes - pixelBytes] ?? 0) : 0;
      rows[at] = ((raw[y * (rowBytes + 1) + 1 + x] ?? 0) + predicted(filter, left, up, corner)) & 255;
    }
  }
  return rows;
}

/** Reads a PNG (8 bits a channel or less, not interlaced). Throws on anything else. */
export function readPng(png: Buffer): Bitmap {
  if (!png.subarray(0, SIGNATURE.length).equals(SIGNATURE)) throw new Error('this is not a PNG');
  const parts = chunks(png);
  const { width, height, depth, colour, channels } = headerOf(parts.get('IHDR'));
  const rowBytes = Math.ceil((width * channels * depth) / 8);
  const bytesMax = (rowBytes + 1) * height;
  const raw = inflateSync(parts.get('IDAT') ?? Buffer.alloc(0), { maxOutputLength: bytesMax + 1024 });
  const rows = unfilter(raw, rowBytes, Math.max(1, (channels * depth) >> 3), height);
  const palette = parts.get('PLTE');
  const top = (1 << depth) - 1;
  const sample = (x: number, y: number, channel: number): number => {
    const bit = (x * channels + channel) * depth;
    return ((rows[y * rowBytes + (bit >> 3)] ?? 0) >> (8 - depth - (bit & 7))) & top;
  };
  const dark = (x: number, y: number): boolean => {
    const first = sample(x, y, 0);
    if (colour === 3) return (palette?.[first * 3] ?? 255) < 128;
    const isClear = (colour === 4 || colour === 6) && sample(x, y, channels - 1) < 128;
    return !isClear && first <= top / 2;
  };
  return { width, height, dark };
}
