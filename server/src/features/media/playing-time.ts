import { type FileHandle, open } from 'node:fs/promises';

/** What the frame around sound and film says. */
export interface Playing {
  durationMs: number | null;
  width: number | null;
  height: number | null;
}

const unknown: Playing = { durationMs: null, width: null, height: null };
/** A duration that nobody would believe is not shown. */
const durationMsMax = 7 * 24 * 3_600_000;
/** Parts of a frame that are looked at; a file with more was made to keep us busy. */
const boxesMax = 2_000;
const tailBytes = 65_536;

/** Duration, and the size of a film, of MP4, Ogg and WAV: a few short reads, whatever the file says about itself. */
export async function readPlaying(path: string, mimetype: string): Promise<Playing> {
  const read = readers.find(([types]) => types.test(mimetype))?.[1];
  if (!read) return unknown;
  const file = await open(path);
  try {
    const { size } = await file.stat();
    const found = await read(file, size);
    const { durationMs } = found;
    const isSane = durationMs !== null && durationMs >= 0 && durationMs <= durationMsMax;
    return { ...found, durationMs: isSane ? Math.round(durationMs) : null };
  } catch (error) {
    // A frame that ends in its middle says nothing; a disk that fails does.
    if (error instanceof RangeError) return unknown;
    throw error;
  } finally {
    await file.close();
  }
}

const readers: readonly [RegExp, (file: FileHandle, size: number) => Promise<Playing>][] = [
  [/^(audio|video)\/(mp4|quicktime|3gpp2?)$/, readMp4],
  [/^((audio|video|application)\/ogg|audio\/opus)$/, readOgg],
  [/^audio\/wav$/, readWav],
];

async function bytes(file: FileHandle, at: number, length: number): Promise<Buffer> {
  const { buffer, bytesRead } = await file.read(Buffer.alloc(length), 0, length, at);
  return buffer.subarray(0, bytesRead);
}

/** Boxes inside boxes: `moov` holds `mvhd` (duration) and for each track `trak`, `tkhd` (size of the picture). */
async function readMp4(file: FileHandle, size: number): Promise<Playing> {
  const playing = { ...unknown };
  let left = boxesMax;
  const walk = async (from: number, to: number): Promise<void> => {
    for (let at = from; at + 8 <= to && left-- > 0; ) {
      const head = await bytes(file, at, 16);
      const type = head.toString('latin1', 4, 8);
      const short = head.readUInt32BE(0);
      const long = short === 1 ? Number(head.readBigUInt64BE(8)) : short;
      const length = short === 0 ? to - at : long;
      if (length < 8) return;
      const inside = at + (short === 1 ? 16 : 8);
      if (type === 'moov' || type === 'trak') await walk(inside, Math.min(at + length, to));
      if (type === 'mvhd') playing.durationMs = durationOf(await bytes(file, inside, 32));
      if (type === 'tkhd') Object.assign(playing, sizeOf(await bytes(file, inside, 96)) ?? {});
      at += length;
    }
  };
  await walk(0, size);
  return playing;
}

function durationOf(mvhd: Buffer): number | null {
  const isLong = mvhd[0] === 1;
  const scale = mvhd.readUInt32BE(isLong ? 20 : 12);
  const units = isLong ? Number(mvhd.readBigUInt64BE(24)) : mvhd.readUInt32BE(16);
  return scale === 0 ? null : (units * 1_000) / scale;
}

function sizeOf(tkhd: Buffer): { width: number; height: number } | undefined {
  const at = tkhd[0] === 1 ? 88 : 76;
  // 16.16 fixed point; a track of sound has none.
  const [width, height] = [tkhd.readUInt32BE(at) >>> 16, tkhd.readUInt32BE(at + 4) >>> 16];
  return width > 0 && height > 0 ? { width, height } : undefined;
}

/** The last page counts the samples of all. */
async function readOgg(file: FileHandle, size: number): Promise<Playing> {
  const head = await bytes(file, 0, 256);
  const tail = await bytes(file, Math.max(0, size - tailBytes), Math.min(size, tailBytes));
  const page = tail.lastIndexOf('OggS');
  if (page < 0) return unknown;
  const samples = Number(tail.readBigInt64LE(page + 6));
  const opus = head.indexOf('OpusHead');
  const vorbis = head.indexOf('\x01vorbis', 0, 'latin1');
  if (opus >= 0) {
    return { ...unknown, durationMs: ((samples - head.readUInt16LE(opus + 10)) * 1_000) / 48_000 };
  }
  const rate = vorbis >= 0 ? head.readUInt32LE(vorbis + 12) : 0;
  return rate > 0 ? { ...unknown, durationMs: (samples * 1_000) / rate } : unknown;
}

async function readWav(file: FileHandle, size: number): Promise<Playing> {
  let rate = 0;
  let left = boxesMax;
  for (let at = 12; at + 8 <= size && left-- > 0; ) {
    const head = await bytes(file, at, 24);
    const length = head.readUInt32LE(4);
    const type = head.toString('latin1', 0, 4);
    if (type === 'fmt ') rate = head.readUInt32LE(16);
    if (type === 'data' && rate > 0) {
      return { ...unknown, durationMs: (Math.min(length, size - at - 8) * 1_000) / rate };
    }
    at += 8 + length + (length % 2);
  }
  return unknown;
}
