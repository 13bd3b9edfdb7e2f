import { expect, test } from 'vitest';
import { format, platform, readManifest } from './manifest.ts';

const database = { postgres: '18', platform, migrations: ['0001-a'] };
const manifest = { format, version: '1.2.3', madeAt: '2026-01-01T00:00:00.000Z', database };
const read = (change: object) =>
  readManifest(JSON.stringify({ ...manifest, ...change }), ['0001-a', '0002-b'], '18');

test('a backup of this version or an older one is taken', () => {
  expect(read({})).toEqual(manifest);
});

test.each([
  ['a newer format', { format: format + 1 }, 'made by a newer MultiWA (1.2.3)'],
  ['a newer database', { database: { ...database, migrations: ['0003-c'] } }, 'does not know (0003-c)'],
  ['another PostgreSQL', { database: { ...database, postgres: '19' } }, 'PostgreSQL 19, and PostgreSQL 18'],
  ['another kind of machine', { database: { ...database, platform: 'plan9-mips' } }, 'made on plan9-mips'],
])('a backup of %s is refused, with what to do', (_, change, sentence) => {
  expect(() => read(change)).toThrow(sentence);
});
