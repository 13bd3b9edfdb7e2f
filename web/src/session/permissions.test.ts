import { readFileSync } from 'node:fs';
import { expect, test } from 'vitest';
import { permissions } from './permissions.ts';

test('the dashboard knows the permissions that the server has', () => {
  const table = readFileSync(new URL('../../../docs/access.md', import.meta.url), 'utf8');
  const named = [...table.matchAll(/^\| `(\w+:\w+)` \|/gm)].map(([, name]) => name);
  expect([...permissions].sort()).toEqual([...new Set(named)].sort());
});
