import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { decideType, kindOf, readContent, saidType } from './content-type.ts';
import { pdf, png, text } from './testing.ts';

let folder: string;
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'mwa-types-'));
});
afterAll(() => rm(folder, { recursive: true, force: true }));

async function contentOf(bytes: Uint8Array) {
  const path = join(folder, 'file');
  await writeFile(path, bytes);
  return readContent(path);
}

test.each([
  ['a PDF', pdf, 'application/pdf', false],
  ['text', text, undefined, true],
  ['text in UTF-16', Buffer.from('\ufeffflour', 'utf16le'), undefined, true],
  ['nothing known', Buffer.from([1, 2, 3, 0, 255]), undefined, false],
  ['nothing at all', Buffer.alloc(0), undefined, true],
])('of %s the bytes say what they can', async (_, bytes, found, isText) => {
  expect(await contentOf(bytes)).toEqual({ found, isText });
});

test('of a picture the bytes say which kind, whatever its name', async () => {
  expect(await contentOf(await png())).toEqual({ found: 'image/png', isText: false });
});

const known = (found: string) => ({ found, isText: false });
const plain = { found: undefined, isText: true };
const noise = { found: undefined, isText: false };

test.each([
  // Another kind of the same is corrected.
  [known('image/png'), 'image/jpeg', 'image/png'],
  [known('video/quicktime'), 'video/mp4', 'video/mp4'],
  [known('audio/mpeg'), 'audio/mp3', 'audio/mpeg'],
  [known('application/pdf'), 'application/msword', 'application/pdf'],
  [known('image/png'), 'text/plain', 'image/png'],
  // What bytes don't tell apart is believed.
  [known('video/mp4'), 'audio/mp4', 'audio/mp4'],
  [known('video/webm'), 'audio/webm;codecs=opus', 'audio/webm'],
  [known('audio/ogg'), 'audio/ogg; codecs=opus', 'audio/ogg'],
  [known('application/zip'), 'application/epub+zip', 'application/epub+zip'],
  [known('application/x-cfb'), 'application/msword', 'application/msword'],
  [known('application/xml'), 'image/svg+xml', 'image/svg+xml'],
  [plain, 'text/csv', 'text/csv'],
  [noise, 'application/x-bakery', 'application/x-bakery'],
  // Without a word the bytes decide.
  [known('image/gif'), undefined, 'image/gif'],
  [plain, 'application/octet-stream', 'text/plain'],
  [noise, '', 'application/octet-stream'],
  [plain, 'no type at all', 'text/plain'],
  // A lie.
  [known('application/pdf'), 'image/jpeg', undefined],
  [known('image/png'), 'video/mp4', undefined],
  [known('application/zip'), 'audio/mpeg', undefined],
  [plain, 'image/png', undefined],
  [plain, 'application/pdf', undefined],
  [noise, 'video/mp4', undefined],
  [noise, 'application/json', undefined],
] as const)('content %j that is said to be %j is %j', (content, said, type) => {
  expect(decideType(content, said)).toBe(type);
});

test('an ending counts where nothing else was said', () => {
  expect(saidType('application/octet-stream', 'prices.CSV')).toBe('text/csv');
  expect(saidType('text/plain', 'prices.csv')).toBe('text/plain');
  expect(saidType('', 'prices')).toBeUndefined();
});

test('a drawing that may hold scripts is a document', () => {
  expect(['image/png', 'image/svg+xml', 'video/mp4', 'audio/ogg', 'text/html'].map(kindOf)).toEqual([
    'image',
    'document',
    'video',
    'audio',
    'document',
  ]);
});
