export const [WIDTH, HEIGHT] = [128, 96];
const MACROBLOCKS = (WIDTH / 16) * (HEIGHT / 16);
/** Sequence and picture parameters of H.264: baseline, 128 by 96. */
const SPS = Buffer.from([0x67, 0x42, 0x00, 0x0a, 0xf8, 0x41, 0xa2]);
const PPS = Buffer.from([0x68, 0xce, 0x38, 0x80]);
const SLICE = Buffer.from([0x05, 0x88, 0x84, 0x21, 0xa0]);
/** One block of 16 by 16 grey pixels, not compressed; the head of the slice announces the first, each one the next. */
const PIXELS = Buffer.alloc(256 + 64 + 64, 0x80);
const MACROBLOCK = Buffer.concat([Buffer.from([0x0d, 0x00]), PIXELS]);
const TIMESCALE = 1000;

const u8 = (...values: number[]): Buffer => Buffer.from(values);
const u16 = (...values: number[]): Buffer =>
  Buffer.from(values.flatMap((value) => [value >> 8, value & 0xff]));
function u32(...values: number[]): Buffer {
  const bytes = Buffer.alloc(values.length * 4);
  for (const [index, value] of values.entries()) bytes.writeUInt32BE(value >>> 0, index * 4);
  return bytes;
}
function box(type: string, ...parts: Buffer[]): Buffer {
  const body = Buffer.concat(parts);
  return Buffer.concat([u32(body.length + 8), Buffer.from(type), body]);
}
const full = (type: string, flags: number, ...parts: Buffer[]): Buffer => box(type, u32(flags), ...parts);

const MATRIX = u32(0x10000, 0, 0, 0, 0x10000, 0, 0, 0, 0x40000000);

/** A grey picture that lasts this many seconds, as MP4 with H.264. */
export function mp4(seconds: number): Buffer {
  const slice = Buffer.concat([
    SLICE,
    PIXELS,
    ...new Array<Buffer>(MACROBLOCKS - 1).fill(MACROBLOCK),
    u8(0x80),
  ]);
  const sample = Buffer.concat([u32(slice.length), slice]);
  const duration = Math.round(seconds * TIMESCALE);
  const type = box('ftyp', Buffer.from('isom'), u32(0x200), Buffer.from('isomavc1'));
  const moov = (offset: number): Buffer =>
    box('moov', movieHeader(duration), track(duration, sample.length, offset));
  const before = type.length + moov(0).length + 8;
  return Buffer.concat([type, moov(before), box('mdat', sample)]);
}

function movieHeader(duration: number): Buffer {
  return full(
    'mvhd',
    0,
    u32(0, 0, TIMESCALE, duration, 0x10000),
    u16(0x100, 0),
    u32(0, 0),
    MATRIX,
    u32(0, 0, 0, 0, 0, 0, 2),
  );
}

function track(duration: number, size: number, offset: number): Buffer {
  const head = full(
    'tkhd',
    3,
    ...[u32(0, 0, 1, 0, duration, 0, 0), u16(0, 0, 0, 0), MATRIX, u32(WIDTH << 16, HEIGHT << 16)],
  );
  const handler = full('hdlr', 0, u32(0), Buffer.from('vide'), u32(0, 0, 0), Buffer.from('video\0'));
  const data = box('dinf', full('dref', 0, u32(1), full('url ', 1)));
  const samples = box(
    'stbl',
    full('stsd', 0, u32(1), sampleEntry()),
    full('stts', 0, u32(1, 1, duration)),
    full('stsc', 0, u32(1, 1, 1, 1)),
    full('stsz', 0, u32(size, 1)),
    full('stco', 0, u32(1, offset)),
  );
  const info = box('minf', full('vmhd', 1, u16(0, 0, 0, 0)), data, samples);
  const media = full('mdhd', 0, u32(0, 0, TIMESCALE, duration), u16(0x55c4, 0));
  return box('trak', head, box('mdia', media, handler, info));
}

function sampleEntry(): Buffer {
  const profile = [SPS[1] ?? 0, SPS[2] ?? 0, SPS[3] ?? 0];
  const config = box(
    'avcC',
    u8(1, ...profile, 0xff, 0xe1),
    u16(SPS.length),
    SPS,
    u8(1),
    u16(PPS.length),
    PPS,
  );
  const start = [u32(0), u16(0, 1), Buffer.alloc(16), u16(WIDTH, HEIGHT), u32(0x480000, 0x480000, 0), u16(1)];
  return box('avc1', ...start, Buffer.alloc(32), u16(24, 0xffff), config);
}
