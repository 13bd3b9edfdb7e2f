import { afterAll, beforeAll, expect, test } from 'vitest';
import { goodPassword, type Owner, TestDoor } from '../../../../test/door.ts';
import { type Protected, withSecondFactor, wrongCode } from '../two-factor/testing.ts';

let door: TestDoor;
let owner: Owner;
beforeAll(async () => {
  door = await TestDoor.open();
  owner = await door.register();
});
afterAll(() => door?.close());

const userAgent = 'curl/8.5.0';
const from = { remoteAddress: '203.0.113.9', headers: { 'user-agent': userAgent } };
const logIn = (email: string, password: string) =>
  door.ask('POST', '/auth/login', { payload: { email, password }, ...from });

/** The rows an act adds, oldest first. */
async function rowsOf(act: () => Promise<unknown>) {
  const rows = () => door.house.database.db.selectFrom('audit_logs').selectAll().orderBy('id').execute();
  const before = new Set((await rows()).map(({ id }) => id));
  await act();
  return (await rows()).filter(({ id }) => !before.has(id));
}
const names = (rows: { action: string }[]) => rows.map(({ action }) => action);

test('registering and signing in leave a row with person, organisation, address and program', async () => {
  const registered = await rowsOf(() => door.register());
  expect(names(registered)).toEqual(['org.create', 'auth.register']);
  const [row] = await rowsOf(() => logIn(owner.email, goodPassword));
  expect(row).toMatchObject({
    action: 'auth.login',
    outcome: 'success',
    organization_id: owner.user.organizationId,
    user_id: owner.user.id,
    ip_address: '203.0.113.9',
    user_agent: userAgent,
    occurred_at: door.clock.now(),
  });
});

test('a failed login of a known account is its own row; that of an unknown one names nobody', async () => {
  const [known] = await rowsOf(() => logIn(owner.email, 'guess'));
  expect(known).toMatchObject({
    action: 'auth.login_failed',
    outcome: 'failed',
    organization_id: owner.user.organizationId,
    user_id: owner.user.id,
  });
  const [unknown] = await rowsOf(() => logIn('secret-typed-here@example.com', 'guess'));
  expect(unknown).toMatchObject({
    action: 'auth.login_failed',
    organization_id: null,
    user_id: null,
    resource_id: null,
    ip_address: '203.0.113.9',
  });
  expect(JSON.stringify(unknown)).not.toContain('secret-typed-here');
});

test('the end of sessions, the reuse of a token and changed preferences leave a row each', async () => {
  const ask = (method: 'POST' | 'DELETE' | 'PATCH', path: string, payload?: object) => () =>
    door.ask(method, path, { headers: owner.bearer, ...(payload && { payload }) });
  const other = await logIn(owner.email, goodPassword);
  const { data } = await door.ask('GET', '/auth/sessions', { headers: owner.bearer });
  const { id } = data.find(({ current }: { current: boolean }) => !current);
  expect(await rowsOf(ask('DELETE', `/auth/sessions/${id}`))).toMatchObject([
    { action: 'auth.session_revoke', resource_id: id },
  ]);
  expect(names(await rowsOf(ask('DELETE', `/auth/sessions/${id}`)))).toEqual([]);
  await logIn(owner.email, goodPassword);
  const others = await rowsOf(ask('DELETE', '/auth/sessions'));
  expect(others).toMatchObject([{ action: 'auth.session_revoke', metadata: { revokedCount: 2 } }]);
  expect(other.status).toBe(200);

  const third = await logIn(owner.email, goodPassword);
  const payload = { refreshToken: third.data.refreshToken };
  await door.ask('POST', '/auth/refresh', { payload });
  door.clock.advance(11);
  const reused = await rowsOf(() => door.ask('POST', '/auth/refresh', { payload, ...from }));
  expect(reused).toMatchObject([
    { action: 'auth.token_reuse', user_id: owner.user.id, ip_address: '203.0.113.9' },
  ]);
  const [liked] = await rowsOf(ask('PATCH', '/auth/preferences', { motto: 'private words' }));
  expect(liked).toMatchObject({ action: 'auth.preferences_update', metadata: { fields: ['motto'] } });
  expect(JSON.stringify(liked)).not.toContain('private words');
});

test('changing the password and the second factor leaves rows without a secret', async () => {
  let person: Protected | undefined;
  const fresh = await door.register();
  const enabled = await rowsOf(async () => {
    person = await withSecondFactor(door, fresh);
  });
  expect(names(enabled)).toEqual(['auth.mfa_enable']);
  const { code, backupCodes } = person as Protected;
  const post = (path: string, payload: object) => () =>
    door.ask('POST', path, { headers: fresh.bearer, payload });
  const login = await logIn(fresh.email, goodPassword);
  const { userId, challenge } = login.data;
  const wrong = { userId, challenge, token: wrongCode({ code }) };
  const right = { userId, challenge, token: backupCodes[0] };
  const newPassword = 'four green scooters';
  const rows = await rowsOf(async () => {
    await post('/auth/2fa/verify', wrong)();
    await post('/auth/2fa/verify', right)();
    await post('/auth/2fa/backup-codes', { token: code() })();
    await post('/auth/change-password', { currentPassword: goodPassword, newPassword })();
    await post('/auth/2fa/disable', { password: newPassword })();
    await post('/auth/logout', {})();
  });
  expect(names(rows)).toEqual([
    'auth.login_failed',
    'auth.login',
    'auth.mfa_backup_codes',
    'auth.password_change',
    'auth.mfa_disable',
    'auth.logout',
  ]);
  expect(rows.every(({ user_id }) => user_id === fresh.user.id)).toBe(true);
  for (const secret of [newPassword, goodPassword, fresh.email, challenge, ...backupCodes]) {
    expect(JSON.stringify(rows)).not.toContain(secret);
  }
});
