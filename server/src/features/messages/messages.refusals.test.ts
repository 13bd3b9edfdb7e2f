import { afterAll, beforeAll, expect, test } from 'vitest';
import { type House, openHouse } from '../../../test/house.ts';
import { newTenant, type Tenant } from '../../../test/tenant.ts';

let house: House;
let tenant: Tenant;
let stranger: Tenant;
let profileId: string;
let messageId: string;
let conversationId: string;

beforeAll(async () => {
  house = await openHouse();
  tenant = await newTenant(house.api);
  stranger = await newTenant(house.api);
  profileId = (await tenant.key.post('/profiles', { name: 'Shop', engine: 'sandbox' })).id;
  const sent = await tenant.key.post('/messages/text', { profileId, to: '628123456789', text: 'hello' });
  ({ messageId, conversationId } = sent);
});
afterAll(() => house?.close());

const unknown = '0199d6a2-7b1c-7e52-9a51-0f6b0d2f3c11';
const count = async () => (await tenant.key.get(`/messages/profile/${profileId}`)).length;

test.each([
  ['no credentials', {}, 401, 'UNAUTHENTICATED'],
  ['a forged token', { authorization: 'Bearer eyJhbGciOiJub25lIn0.eyJzdWIiOiJ4In0.' }, 401, 'INVALID_TOKEN'],
  ['an unknown key', { 'x-api-key': `mwa_${'0'.repeat(64)}` }, 401, 'INVALID_API_KEY'],
] as const)('with %s nothing is accepted', async (_, credentials, status, code) => {
  const answer = await house.api
    .as(credentials)
    .call('POST', '/messages/text', { profileId, to: '628123456789', text: 'x' });
  expect([answer.status, answer.body.error.code]).toEqual([status, code]);
});

test.each([
  [
    'another tenant’s profile',
    'POST',
    '/messages/text',
    () => ({ profileId, to: '628123456789', text: 'x' }),
    'PROFILE_NOT_FOUND',
  ],
  ['another tenant’s message', 'GET', () => `/messages/${messageId}`, undefined, 'MESSAGE_NOT_FOUND'],
  [
    'another tenant’s messages',
    'GET',
    () => `/messages/profile/${profileId}`,
    undefined,
    'PROFILE_NOT_FOUND',
  ],
  [
    'another tenant’s conversation',
    'GET',
    () => `/conversations/${conversationId}`,
    undefined,
    'CONVERSATION_NOT_FOUND',
  ],
  [
    'messages of another tenant’s conversation',
    'GET',
    () => `/messages/conversation/${conversationId}`,
    undefined,
    'CONVERSATION_NOT_FOUND',
  ],
  [
    'reading another tenant’s conversation',
    'PUT',
    () => `/conversations/${conversationId}/read`,
    undefined,
    'CONVERSATION_NOT_FOUND',
  ],
] as const)('%s does not exist for a stranger', async (_, method, path, body, code) => {
  const address = typeof path === 'function' ? path() : path;
  const answer = await stranger.key.call(method, address, body?.());
  expect([answer.status, answer.body.error.code]).toEqual([404, code]);
  expect(JSON.stringify(answer.body)).not.toContain(messageId);
});

test.each([
  ['an unknown message', `/messages/${unknown}`, 'MESSAGE_NOT_FOUND'],
  ['a malformed profile id', '/messages/profile/not-an-id', 'PROFILE_NOT_FOUND'],
  ['a malformed conversation id', '/conversations/1', 'CONVERSATION_NOT_FOUND'],
])('%s is not found', async (_, path, code) => {
  const answer = await tenant.key.call('GET', path);
  expect([answer.status, answer.body.error.code]).toEqual([404, code]);
});

const deep = `${'{"a":'.repeat(100_000)}1${'}'.repeat(100_000)}`;
test.each([
  ['half a document', '{"profileId":', 400, 'MALFORMED_JSON'],
  ['a list', '[]', 400, 'VALIDATION_ERROR'],
  ['nothing', '{}', 400, 'VALIDATION_ERROR'],
  ['100,000 levels', deep, 400, 'MALFORMED_JSON'],
  ['10 MB', JSON.stringify({ text: 'x'.repeat(10_000_000) }), 413, 'BODY_TOO_LARGE'],
] as const)('a body of %s is refused and changes nothing', async (_, body, status, code) => {
  const before = await count();
  const answer = await tenant.key.call('POST', '/messages/text', body).catch((error: unknown) => error);
  // A server may close the connection on a body it will not read.
  if (!(answer instanceof Error)) {
    const { status: got, body: said } = answer as { status: number; body: any };
    expect(got).toBe(status);
    expect([code, 'VALIDATION_ERROR']).toContain(said.error.code);
  } else expect(status).toBe(413);
  expect(await count()).toBe(before);
});

test.each([
  ['a number as text', { text: 5 }],
  ['an empty text', { text: '' }],
  ['a NUL byte', { text: 'a\u0000b' }],
  ['half a surrogate pair', { text: '\ud83c' }],
  ['a recipient that is no text', { to: 628123456789 }],
  ['a missing recipient', { to: undefined }],
  ['an object as profile', { profileId: { $ne: 1 } }],
])('%s is a validation error that names the field', async (_, change) => {
  const before = await count();
  const body = { profileId, to: '628123456789', text: 'x', ...change };
  const answer = await tenant.key.call('POST', '/messages/text', body);
  expect([answer.status, answer.body.error.code]).toEqual([400, 'VALIDATION_ERROR']);
  expect(answer.body.error.details.length).toBeGreaterThan(0);
  expect(answer.body).toMatchObject({ success: false, statusCode: 400, message: expect.any(String) });
  expect(await count()).toBe(before);
});

test('every problem of a body is told, not only the first', async () => {
  const answer = await tenant.key.call('POST', '/messages/text', { to: 5, text: '' });
  const paths = answer.body.error.details.map((one: { path: string }) => one.path);
  expect(paths.join(' ')).toMatch(/profileId/);
  expect(paths.join(' ')).toMatch(/to/);
  expect(paths.join(' ')).toMatch(/text/);
});

test.each([
  'abc',
  '123',
  '62812345678901234567',
  'x@c.us',
  '628123456789@example.org',
  '+',
  '@g.us',
  'DROP TABLE',
])('the recipient %j is refused by name', async (to) => {
  const answer = await tenant.key.call('POST', '/messages/text', { profileId, to, text: 'x' });
  expect([answer.status, answer.body.error.code]).toEqual([400, 'INVALID_RECIPIENT']);
  expect(answer.body.message).toContain(JSON.stringify(to));
});

test.each([
  '628123456789',
  '+628123456789',
  '+62 812-3456-789',
  '(62) 812.3456.789',
  '0062 812 3456 789',
  '0812-3456-789',
  '628123456789@c.us',
  '628123456789@s.whatsapp.net',
  '628123456789:3@s.whatsapp.net',
])('the recipient %s is one and the same person', async (to) => {
  const sent = await tenant.key.post('/messages/text', { profileId, to, text: 'same' });
  expect(sent.conversationId).toBe(conversationId);
});

test('a profile that was just deleted is not found, also by who sent through it a moment before', async () => {
  const { id } = await tenant.key.post('/profiles', { name: 'Short-lived', engine: 'sandbox' });
  const body = { profileId: id, to: '628123456789', text: 'x' };
  await tenant.key.post('/messages/text', body);
  await tenant.key.delete(`/profiles/${id}`);
  for (const to of [body.to, '628999999999']) {
    const answer = await tenant.key.call('POST', '/messages/text', { ...body, to });
    expect([answer.status, answer.body.error.code]).toEqual([404, 'PROFILE_NOT_FOUND']);
  }
});
