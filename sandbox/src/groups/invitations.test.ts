import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { openStore } from '../store/sqlite.ts';
import type { Group } from './group.ts';
import { Invitations } from './invitations.ts';

test('invitations that have expired are not kept', () => {
  const folder = mkdtempSync(join(tmpdir(), 'sandbox-'));
  const store = openStore(folder);
  const invitations = new Invitations(store);
  const group = { id: '1' } as Group;
  const { code: old } = invitations.issue(group, '628111000001', '628111000002');
  store.run('UPDATE group_invites SET expires_at = 1');
  const { code } = invitations.issue(group, '628111000001', '628111000003');
  expect(store.all('SELECT code FROM group_invites')).toEqual([{ code }]);
  expect(invitations.redeem(group, old, '628111000002')).toBeUndefined();
  store.close();
  rmSync(folder, { recursive: true });
});
