import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { checkedAgainst } from './checked-against.ts';

const ofEngine = createRequire(import.meta.url);
const manifests = {
  baileys: ofEngine.resolve('baileys/package.json'),
};

const folder = import.meta.dirname;
const amendments = readdirSync(folder).filter(
  (name) => name.endsWith('.ts') && !name.startsWith('checked-against') && !name.endsWith('.test.ts'),
);

test.for(Object.entries(manifests))(
  'the %s installed is the one the amendments were checked against',
  ([name, manifest]) => {
    const { version } = JSON.parse(readFileSync(manifest, 'utf8')) as { version: string };
    expect(version, 'See README.md in this folder for what to look at.').toBe(
      checkedAgainst[name as keyof typeof checkedAgainst],
    );
  },
);

describe.for(amendments)('%s', (name) => {
  const text = readFileSync(join(folder, name), 'utf8').replace(/\n \* ?/g, ' ');

  test('says what it changes and why', () => {
    expect(text).toMatch(/Changes: \S.*Why: \S.*In: \S/);
  });

  test('names files of the library that exist', () => {
    const places = [...text.matchAll(/`((baileys)\/[^`]+\.js)`/g)];
    expect(places.length).toBeGreaterThan(0);
    for (const [, path = '', library] of places) {
      const manifest = manifests[library as keyof typeof manifests];
      expect(existsSync(join(dirname(manifest), '..', path)), path).toBe(true);
    }
  });
});
