import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { readPlaying } from './playing-time.ts';

let folder: string;
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'mwa-playing-'));
});
afterAll(() => rm(folder, { recursive: true, force: true }));

async function playing(bytes: Uint8Array, mimetype: string) {
  const path = join(folder, 'file');
  await writeFile(path, bytes);
  return readPlaying(path, mimetype);
}

function box(type: string, ...inside: Buffer[]): Buffer {
  const head = Buffer.alloc(8);
  head.writeUInt32BE(8 + inside.reduce((sum, { length }) => sum + length, 0));
  head.write(type, 4, 'latin1');
  return Buffer.concat([head, ...inside]);
}
function mvhd(scale: number, units: number): Buffer {
  const body = Buffer.alloc(100);
  body.writeUInt32BE(scale, 12);
  body.writeUInt32BE(units, 16);
  return box('mvhd', body);
}
function trak(width: number, height: number): Buffer {
  const body = Buffer.alloc(84);
  body.writeUInt32BE(width * 65_536, 76);
  body.writeUInt32BE(height * 65_536, 80);
  return box('trak', box('tkhd', body));
}
const film = (...inside: Buffer[]) =>
  Buffer.concat([
    box('ftyp', Buffer.from('isom0000')),
    box('mdat', Buffer.alloc(5_000)),
    box('moov', ...inside),
  ]);

function wav(bytesPerSecond: number, data: number): Buffer {
  const head = Buffer.alloc(44);
  head.write('RIFF', 0).toString();
  head.write('WAVEfmt ', 8);
  head.writeUInt32LE(16, 16);
  head.writeUInt32LE(bytesPerSecond, 28);
  head.write('data', 36);
  head.writeUInt32LE(data, 40);
  return Buffer.concat([head, Buffer.alloc(data)]);
}

function opus(samples: bigint, skipped: number): Buffer {
  const page = (granule: bigint, body: Buffer) => {
    const head = Buffer.alloc(27);
    head.write('OggS');
    head.writeBigInt64LE(granule, 6);
    return Buffer.concat([head, body]);
  };
  const head = Buffer.alloc(19);
  head.write('OpusHead');
  head.writeUInt16LE(skipped, 10);
  return Buffer.concat([
    page(0n, head),
    page(48_000n, Buffer.alloc(70_000)),
    page(samples, Buffer.alloc(100)),
  ]);
}

test('a film says how long and how large it is', async () => {
  expect(await playing(film(mvhd(600, 7_500), trak(0, 0), trak(640, 360)), 'video/mp4')).toEqual({
    durationMs: 12_500,
    width: 640,
    height: 360,
  });
});

test('a sound says how long it is', async () => {
  const sound = { width: null, height: null };
  expect(await playing(opus(96_312n, 312), 'audio/ogg')).toEqual({ durationMs: 2_000, ...sound });
  expect(await playing(wav(16_000, 24_000), 'audio/wav')).toEqual({ durationMs: 1_500, ...sound });
  expect(await playing(film(mvhd(1_000, 3_210), trak(0, 0)), 'audio/mp4')).toEqual({
    durationMs: 3_210,
    ...sound,
  });
});

test.each([
  [
    'a box that ends before it begins',
    Buffer.from([0, 0, 0, 3, 0x6d, 0x6f, 0x6f, 0x76, 0, 0, 0, 0]),
    'video/mp4',
  ],
  ['half a box', film(mvhd(600, 7_500)).subarray(0, 5_040), 'video/mp4'],
  ['ten thousand boxes', Buffer.concat(Array(10_000).fill(box('free'))), 'video/mp4'],
  ['a clock that stands', film(mvhd(0, 100)), 'video/mp4'],
  ['an age of sound', film(mvhd(1, 4_000_000_000)), 'video/mp4'],
  ['no page', Buffer.from('OpusHead without a page'), 'audio/ogg'],
  ['a sound before time', opus(-5_000_000n, 0), 'audio/ogg'],
  ['half a head', Buffer.from('RIFF'), 'audio/wav'],
  ['nothing', Buffer.alloc(0), 'audio/wav'],
  ['a form that is not read', Buffer.from('ID3'), 'audio/mpeg'],
])('of %s nothing is said', async (_, bytes, mimetype) => {
  expect((await playing(bytes, mimetype)).durationMs).toBeNull();
});
