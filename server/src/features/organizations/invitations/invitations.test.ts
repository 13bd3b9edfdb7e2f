import { afterAll, beforeAll, expect, test } from 'vitest';
import { goodPassword, type Owner, TestDoor } from '../../../../test/door.ts';
import { newAddress, peopleOf, type TestPeople } from '../testing.ts';
import { createInvitationStore } from './invitations.store.ts';

let door: TestDoor;
let people: TestPeople;
let owner: Owner;
let other: Owner;
beforeAll(async () => {
  door = await TestDoor.open({ PUBLIC_URL: 'https://wa.example.com/' });
  people = peopleOf(door);
  owner = await door.register();
  other = await door.register();
});
afterAll(() => door?.close());

const look = (token: string) => door.ask('POST', '/auth/invitations/look', { payload: { token } });
const listed = async (as = owner) => (await people.ask(as, 'GET', '/organizations/members')).data;
const day = 86_400;

test('an invitation answers with its own link and no password, and is listed until accepted', async () => {
  const email = newAddress();
  const { status, data } = await people.invite(owner, { email: email.toUpperCase(), role: 'viewer' });
  expect(status).toBe(201);
  expect(data).toMatchObject({
    email,
    name: 'Budi',
    role: 'viewer',
    roleName: 'Viewer',
    isActive: false,
    status: 'invited',
    delivery: 'link',
    inviteUrl: `https://wa.example.com/accept-invitation#token=${data.token}`,
  });
  expect(data.temporaryPassword).toBeUndefined();
  expect(Date.parse(data.expiresAt) - Date.parse(data.createdAt)).toBe(7 * day * 1000);
  const entry = (await listed()).find(({ id }: { id: string }) => id === data.id);
  expect(entry).toMatchObject({ email, status: 'invited', isActive: false, expiresAt: data.expiresAt });
  expect(JSON.stringify(entry)).not.toContain(data.token);
  expect((await look(data.token)).data).toEqual({
    email,
    name: 'Budi',
    organizationName: 'Corner Bakery',
    role: 'viewer',
    roleName: 'Viewer',
    expiresAt: data.expiresAt,
  });
});

test('who accepts is signed in with the offered role; the link works once, also for two at once', async () => {
  const { data: invited } = await people.invite(owner);
  const answers = await Promise.all([
    people.accept(invited.token, { name: 'Budi Santoso' }),
    people.accept(invited.token, { name: 'Budi Santoso' }),
  ]);
  expect(answers.map(({ status }) => status).sort()).toEqual([201, 400]);
  expect(answers.find(({ status }) => status === 400)?.code).toBe('LINK_NOT_VALID');
  const data = answers.find(({ status }) => status === 201)?.data;
  expect(data).toMatchObject({ user: { email: invited.email, name: 'Budi Santoso', role: 'member' } });
  const headers = { authorization: `Bearer ${data.accessToken}` };
  const me = await door.ask('GET', '/auth/me', { headers });
  expect(me.data.organizationId).toBe(owner.user.organizationId);
  const again = await door.ask('POST', '/auth/login', {
    payload: { email: invited.email, password: goodPassword },
  });
  expect(again.status).toBe(200);
  const members = (await listed()).filter(({ email }: { email: string }) => email === invited.email);
  expect(members).toMatchObject([{ status: 'active', isActive: true }]);
  expect(await people.audit(data.user.id)).toMatchObject([
    { action: 'user.invite_accept', metadata: { invitedBy: owner.user.id } },
  ]);
});

test('a link that was handed over proves no address', async () => {
  const { data: invited } = await people.invite(owner);
  await people.accept(invited.token);
  const { rows } = await door.house.database.pool.query(
    'select email_verified_at from users where email = $1',
    [invited.email],
  );
  expect(rows).toEqual([{ email_verified_at: null }]);
});

test('inviting an address again makes a new link and the old one opens nothing', async () => {
  const { data: first } = await people.invite(owner, { role: 'viewer' });
  const { data: second } = await people.invite(owner, { email: first.email, role: 'admin' });
  expect((await look(first.token)).code).toBe('LINK_NOT_VALID');
  expect((await look(second.token)).data.role).toBe('admin');
  const open = (await listed()).filter(({ email }: { email: string }) => email === first.email);
  expect(open).toHaveLength(1);
});

test('a member is not invited, and whether an address belongs to somebody elsewhere is not told', async () => {
  const member = await people.join(owner);
  expect((await people.invite(owner, { email: member.email })).code).toBe('EMAIL_TAKEN');
  const foreign = await people.invite(other, { email: member.email });
  const unknown = await people.invite(other);
  expect(foreign.status).toBe(201);
  expect(Object.keys(foreign.data)).toEqual(Object.keys(unknown.data));
  expect((await look(foreign.data.token)).status).toBe(200);
  expect((await people.accept(foreign.data.token)).code).toBe('EMAIL_TAKEN');
});

test('of two organisations that invited one address the first to be accepted has it', async () => {
  const email = newAddress();
  const invited = await Promise.all([owner, other].map((one) => people.invite(one, { email })));
  const answers = await Promise.all(invited.map(({ data }) => people.accept(data.token)));
  expect(answers.map(({ status }) => status).sort()).toEqual([201, 409]);
});

test.each([
  ['two addresses', { email: 'a@example.com,b@example.com' }, '/email'],
  ['a line break in the address', { email: 'a@example.com\r\nBcc: b@example.com' }, '/email'],
  ['a line break in the name', { name: 'Budi\nBcc: b@example.com' }, '/name'],
  ['a carriage return in the name', { name: 'Budi\rX' }, '/name'],
  ['a blank name', { name: '  ' }, '/name'],
  ['the role of the owner', { role: 'owner' }, '/role'],
  ['a role nobody knows', { role: 'superuser' }, '/role'],
  ['a role and another', { role: 'member', roleId: '0199d6a2-7b1c-7e52-9a51-0f6b0d2f3c11' }, '/role'],
])('an invitation with %s is refused with its place', async (_what, more, path) => {
  const { status, body } = await people.invite(owner, more);
  expect(status).toBe(400);
  expect(body.error.code).toBe('VALIDATION_ERROR');
  expect(body.error.details[0].path).toBe(path);
});

test('a weak password is refused and the link stays good', async () => {
  const { data } = await people.invite(owner);
  const refused = await people.accept(data.token, { password: 'password1234' });
  expect(refused).toMatchObject({ status: 400, body: { error: { details: [{ path: '/password' }] } } });
  expect((await people.accept(data.token)).status).toBe(201);
});

test('letters are refused where no mail server is set', async () => {
  const answer = await people.invite(owner, { delivery: 'mail' });
  expect(answer).toMatchObject({ status: 503, code: 'MAIL_NOT_CONFIGURED' });
});

test('nobody invites to more than they may do themselves, not even over an earlier invitation', async () => {
  const admin = await people.join(owner, { role: 'admin' });
  const wide = await people.ownRole(owner, 'Role maker', ['role:manage']);
  const refused = await people.invite(admin, { roleId: wide });
  expect(refused).toMatchObject({ status: 403, code: 'GRANT_TOO_WIDE' });
  expect(refused.body.error.details).toMatchObject([{ path: '/roleId', problem: 'you lack role:manage' }]);
  const { data: invited } = await people.invite(owner, { roleId: wide });
  expect((await people.invite(admin, { email: invited.email })).code).toBe('PERMISSION_DENIED');
  expect((await people.ask(admin, 'DELETE', `/organizations/members/${invited.id}`)).code).toBe(
    'PERMISSION_DENIED',
  );
  const { data: key } = await people.ask(owner, 'POST', '/api-keys', {
    name: 'k',
    permissions: ['user:invite', 'user:read'],
  });
  const byKey = await door.ask('POST', '/organizations/members', {
    headers: { 'x-api-key': key.key },
    payload: { email: newAddress(), name: 'B', role: 'viewer' },
  });
  expect(byKey.code).toBe('GRANT_TOO_WIDE');
  const foreign = await people.ownRole(other, 'Theirs', []);
  for (const roleId of [foreign, 'nonsense']) {
    expect((await people.invite(owner, { roleId })).code).toBe('ROLE_NOT_FOUND');
  }
});

test('an own role comes into force with the acceptance, named beside the system role', async () => {
  const roleId = await people.ownRole(owner, 'Greeter', ['org:read', 'user:read']);
  const greeter = await people.join(owner, { roleId });
  const entry = (await listed(greeter)).find(({ id }: { id: string }) => id === greeter.user.id);
  expect(entry).toMatchObject({ role: 'member', roleId, roleName: 'Greeter' });
  expect((await people.ask(greeter, 'GET', '/workspaces')).code).toBe('PERMISSION_DENIED');
  const manager = await people.join(owner, { role: 'manager' });
  expect((await listed()).find(({ id }: { id: string }) => id === manager.user.id)).toMatchObject({
    role: 'manager',
    roleName: 'Manager',
  });
});

test('an invitation gives no more than its inviter may do by then, and ends with them', async () => {
  const inviter = await people.join(owner, { role: 'admin' });
  const { data: asAdmin } = await people.invite(inviter, { role: 'admin' });
  const { data: asViewer } = await people.invite(inviter, { role: 'viewer' });
  await people.ask(owner, 'PUT', `/organizations/members/${inviter.user.id}/role`, { role: 'member' });
  expect((await people.accept(asAdmin.token)).code).toBe('LINK_NOT_VALID');
  expect((await look(asViewer.token)).status).toBe(200);
  await people.ask(owner, 'PUT', `/organizations/members/${inviter.user.id}`, { isActive: false });
  expect((await people.accept(asViewer.token)).code).toBe('LINK_NOT_VALID');
  await people.ask(owner, 'PUT', `/organizations/members/${inviter.user.id}`, { isActive: true });
  expect((await look(asViewer.token)).status).toBe(200);
  await people.ask(owner, 'DELETE', `/organizations/members/${inviter.user.id}`);
  expect((await people.accept(asViewer.token)).code).toBe('LINK_NOT_VALID');
  expect((await listed()).map(({ id }: { id: string }) => id)).not.toContain(asViewer.id);
});

test('a person’s token and address stand in the invitation alone, the token as a hash', async () => {
  const { data } = await people.invite(owner, { name: 'Canary Name' });
  const { pool } = door.house.database;
  const { rows: tables } = await pool.query(
    `select table_name from information_schema.tables where table_schema = 'public' and table_type = 'BASE TABLE'`,
  );
  const hits: string[] = [];
  for (const { table_name: name } of tables) {
    const { rows } = await pool.query(
      `select row_to_json(t)::text as text from "${name}" t where t::text like any($1)`,
      [[`%${data.token}%`, `%${data.email}%`, '%Canary Name%']],
    );
    hits.push(...rows.map(({ text }) => (text.includes(data.token) ? `${name} has the token` : name)));
  }
  expect(hits).toEqual(['invitations']);
});

test('a member and a viewer invite nobody', async () => {
  const person = await door.register();
  for (const role of ['viewer', 'member']) {
    await door.setRole(person.user.id, role);
    expect((await people.invite(person)).code).toBe('PERMISSION_DENIED');
  }
});

test('trying links is slowed down for each address it comes from', async () => {
  const from = { remoteAddress: '198.51.100.40' };
  const statuses: number[] = [];
  for (let round = 0; round < 101; round++) {
    const payload = { token: 'guess', password: goodPassword };
    statuses.push((await door.ask('POST', '/auth/invitations/accept', { payload, ...from })).status);
  }
  expect(statuses.slice(0, 100)).toEqual(Array(100).fill(400));
  expect(statuses[100]).toBe(429);
});

test('an invitation ends after seven days or when it is taken back, and is forgotten then', async () => {
  const late = await door.register();
  const { data: first } = await people.invite(late);
  const { data: second } = await people.invite(late);
  expect((await people.ask(late, 'DELETE', `/organizations/members/${second.id}`)).data).toEqual({
    success: true,
  });
  expect((await people.accept(second.token)).code).toBe('LINK_NOT_VALID');
  expect((await people.audit(second.id)).map(({ action }) => action)).toEqual([
    'user.invite',
    'user.invite_revoke',
  ]);
  door.clock.advance(7 * day);
  expect((await people.accept(first.token)).code).toBe('LINK_NOT_VALID');
  expect((await look(first.token)).code).toBe('LINK_NOT_VALID');
  const payload = { email: late.email, password: goodPassword };
  const { data } = await door.ask('POST', '/auth/login', { payload });
  const back = { ...late, bearer: { authorization: `Bearer ${data.accessToken}` } };
  expect(await listed(back)).toHaveLength(1);
  const gone = await people.ask(back, 'DELETE', `/organizations/members/${first.id}`);
  expect(gone.code).toBe('MEMBER_NOT_FOUND');
  const { database } = door.house;
  await createInvitationStore(database.db).purge(door.clock.now());
  expect((await database.pool.query('select 1 from invitations where id = $1', [first.id])).rows).toEqual([]);
});
