import { sql } from 'kysely';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { goodPassword, type Owner, TestDoor } from '../../../../test/door.ts';
import { codeOf, type Protected, withSecondFactor, wrongCode } from './testing.ts';

let door: TestDoor;
let person: Protected;
beforeAll(async () => {
  door = await TestDoor.open();
  person = await withSecondFactor(door, await door.register());
});
afterAll(() => door?.close());

const post = (who: Owner, path: string, payload: object = {}) =>
  door.ask('POST', `/auth/2fa/${path}`, { headers: who.bearer, payload });
const me = async (who: Owner) => (await door.ask('GET', '/auth/me', { headers: who.bearer })).data;

describe('setting up', () => {
  test('a secret of 160 bits is shown as text, link and picture, and asks for nothing yet', async () => {
    const owner = await door.register();
    const { status, data } = await post(owner, 'setup');
    expect(status).toBe(200);
    expect(data.secret).toMatch(/^[A-Z2-7]{32}$/);
    const url = new URL(data.otpauthUrl);
    expect(url.protocol + url.host).toBe('otpauth:totp');
    expect(decodeURIComponent(url.pathname)).toBe(`/MultiWA:${owner.email}`);
    expect(Object.fromEntries(url.searchParams)).toMatchObject({
      issuer: 'MultiWA',
      secret: data.secret,
      algorithm: 'SHA1',
      digits: '6',
      period: '30',
    });
    expect(data.qrCodeDataUrl).toMatch(/^data:image\/png;base64,/);
    expect((await me(owner)).twoFactorEnabled).toBe(false);
    const login = { email: owner.email, password: goodPassword };
    expect((await door.ask('POST', '/auth/login', { payload: login })).data.accessToken).toBeDefined();

    const again = await post(owner, 'setup');
    expect(again.data.secret).not.toBe(data.secret);
    const old = codeOf(door, data.secret);
    expect((await post(owner, 'enable', { token: old })).code).toBe('TWO_FACTOR_CODE_INVALID');
  });

  test('it is enabled by a right code alone, once, after a set-up', async () => {
    const owner = await door.register();
    expect((await post(owner, 'enable', { token: '123456' })).code).toBe('TWO_FACTOR_NOT_SET_UP');
    const { data } = await post(owner, 'setup');
    for (const token of [
      '',
      'abc',
      '12345',
      wrongCode({ code: (steps) => codeOf(door, data.secret, steps) }),
    ]) {
      expect(await post(owner, 'enable', { token })).toMatchObject({
        status: 400,
        code: 'TWO_FACTOR_CODE_INVALID',
      });
    }
    expect((await post(owner, 'enable', {})).code).toBe('VALIDATION_ERROR');
    const token = codeOf(door, data.secret);
    const answers = await Promise.all([1, 2, 3].map(() => post(owner, 'enable', { token })));
    const enabled = answers.filter(({ status }) => status === 200);
    expect(enabled).toHaveLength(1);
    expect(enabled[0]?.data.enabled).toBe(true);
    expect(new Set(enabled[0]?.data.backupCodes).size).toBe(8);
    for (const code of enabled[0]?.data.backupCodes ?? []) expect(code).toMatch(/^[0-9A-F]{8}$/);
    expect(await me(owner)).toMatchObject({ twoFactorEnabled: true, backupCodesRemaining: 8 });
    expect((await post(owner, 'setup')).code).toBe('TWO_FACTOR_ALREADY_ENABLED');
    expect((await post(owner, 'enable', { token })).code).toBe('TWO_FACTOR_ALREADY_ENABLED');
  });

  test('neither the secret nor a backup code is in the database in a readable form', async () => {
    const owner = await door.register();
    const { data } = await post(owner, 'setup');
    const { data: enabled } = await post(owner, 'enable', { token: codeOf(door, data.secret) });
    const { rows } = await sql<{ dump: string }>`
      select (select json_agg(u)::text from users u) || (select json_agg(c)::text from two_factor_backup_codes c)
        || (select json_agg(a)::text from audit_logs a) as dump`.execute(door.house.database.db);
    const dump = rows[0]?.dump.toLowerCase() ?? '';
    expect(dump).toContain(owner.email);
    for (const secret of [data.secret, ...enabled.backupCodes]) {
      const forms = [secret, Buffer.from(secret).toString('hex'), Buffer.from(secret).toString('base64')];
      for (const form of forms) expect(dump).not.toContain(form.toLowerCase());
    }
  });
});

describe('switching off and renewing backup codes', () => {
  test.each(['disable', 'backup-codes'])('%s needs the current password or a code', async (path) => {
    const bare = await post(person, path);
    expect(bare).toMatchObject({ status: 400, code: 'VALIDATION_ERROR' });
    expect(bare.body.error.details[0].problem).toMatch(/password.*code/);
    expect((await post(person, path, { password: null, token: '' })).code).toBe('VALIDATION_ERROR');
    expect((await post(person, path, { password: 'wrong' })).code).toBe('PASSWORD_INCORRECT');
    expect((await post(person, path, { token: wrongCode(person) })).code).toBe('TWO_FACTOR_CODE_INVALID');
    expect(await me(person)).toMatchObject({ twoFactorEnabled: true });
    const without = await door.register();
    expect((await post(without, path, { password: goodPassword })).code).toBe('TWO_FACTOR_NOT_ENABLED');
  });

  test('renewed backup codes replace the old ones, and a code that proved it is used up', async () => {
    const token = person.code();
    const renewed = await post(person, 'backup-codes', { token });
    expect(renewed.data.backupCodes).toHaveLength(8);
    expect((await post(person, 'backup-codes', { token })).code).toBe('TWO_FACTOR_CODE_INVALID');
    const [old = ''] = person.backupCodes;
    expect((await post(person, 'backup-codes', { token: old })).code).toBe('TWO_FACTOR_CODE_INVALID');
    expect((await me(person)).backupCodesRemaining).toBe(8);
    const byCode = await post(person, 'backup-codes', { token: renewed.data.backupCodes[0].toLowerCase() });
    expect(byCode.status).toBe(200);
    const byPassword = await post(person, 'backup-codes', { password: goodPassword });
    person.backupCodes = byPassword.data.backupCodes;
    door.clock.advance(60);
  });

  test('switching it off ends every other session, and the login is one step again', async () => {
    const owner = await withSecondFactor(door, await door.register());
    const other = await door.ask('POST', '/auth/login', {
      payload: { email: owner.email, password: goodPassword },
    });
    const { data } = await door.ask('POST', '/auth/2fa/verify', {
      payload: { userId: owner.user.id, challenge: other.data.challenge, token: owner.backupCodes[0] },
    });
    const elsewhere = { headers: { authorization: `Bearer ${data.accessToken}` } };
    expect((await door.ask('GET', '/auth/me', elsewhere)).status).toBe(200);
    const off = await post(owner, 'disable', { token: owner.code() });
    expect(off.data).toEqual({ success: true, message: 'Two-factor authentication disabled' });
    expect((await door.ask('GET', '/auth/me', elsewhere)).code).toBe('SESSION_REVOKED');
    expect(await me(owner)).toMatchObject({ twoFactorEnabled: false, backupCodesRemaining: 0 });
    const login = { email: owner.email, password: goodPassword };
    expect((await door.ask('POST', '/auth/login', { payload: login })).data.accessToken).toBeDefined();
  });

  test('guessing codes or the password with a stolen session is slowed down', async () => {
    const owner = await withSecondFactor(door, await door.register());
    const wrong = wrongCode(owner);
    const codes = await Promise.all(
      Array.from({ length: 24 }, () => post(owner, 'disable', { token: wrong })),
    );
    expect(codes.filter(({ code }) => code === 'TWO_FACTOR_CODE_INVALID')).toHaveLength(20);
    const limited = codes.find(({ code }) => code === 'RATE_LIMITED');
    expect(Number(limited?.headers['retry-after'])).toBeGreaterThan(0);
    expect((await post(owner, 'disable', { token: owner.code() })).status).toBe(429);
    const guesses = await Promise.all(
      Array.from({ length: 12 }, () => post(owner, 'disable', { password: 'guess' })),
    );
    expect(guesses.filter(({ code }) => code === 'PASSWORD_INCORRECT')).toHaveLength(10);
    expect((await post(owner, 'disable', { password: goodPassword })).status).toBe(429);
    door.clock.advance(901);
    expect((await post(owner, 'disable', { token: owner.code() })).status).toBe(200);
  });
});
