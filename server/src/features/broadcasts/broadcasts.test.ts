import { afterAll, beforeAll, expect, test } from 'vitest';
import { type House, openHouse } from '../../../test/house.ts';
import type { SandboxPhone } from '../../../test/sandbox.ts';
import {
  type ConnectedProfile,
  connectedProfile,
  newCustomer,
  newCustomers,
  newNumber,
  newTenant,
  type Tenant,
} from '../../../test/tenant.ts';
import { until } from '../../../test/until.ts';

let house: House;
let tenant: Tenant;
let profile: ConnectedProfile;

beforeAll(async () => {
  house = await openHouse();
  tenant = await newTenant(house.api);
  profile = await connectedProfile(tenant, house.sandbox);
});
afterAll(() => house?.close());

const fast = { delayMin: 0, delayMax: 0 };
const people = (count: number) => newCustomers(house.sandbox, count);
const draft = (more: Record<string, unknown> = {}) =>
  tenant.key.post('/broadcast', {
    ...{ profileId: profile.id, name: 'Spring bread', message: 'Hello {{name|there}}!', settings: fast },
    ...{ recipients: { type: 'all' }, ...more },
  });
const call = (id: string, act: string, body?: object) =>
  tenant.key.call('POST', `/broadcast/${id}/${act}`, body ?? {});
const get = (id: string) => tenant.key.get(`/broadcast/${id}`);
const stats = async (id: string) => (await tenant.key.get(`/broadcast/${id}/stats`)).stats;
const ended = (id: string) =>
  until('it has ended', async () => ['completed', 'failed'].includes((await get(id)).status));
/** The texts of one person, as their phone shows them. */
const textsOf = async (phone: { messages(): Promise<{ text: string }[]> }) =>
  (await phone.messages()).map(({ text }) => text);

test('everybody with a tag is sent their own message once, and the numbers are counted', async () => {
  const phones = await people(12);
  const [first, second, blocked] = phones as [SandboxPhone, SandboxPhone, SandboxPhone];
  await tenant.owner.post('/contacts/import', {
    profileId: profile.id,
    contacts: phones.map(({ number }, n) => ({
      ...{ phone: number, tags: ['regulars'] },
      ...(n > 0 && { name: `Guest ${n}` }),
      metadata: { bread: n % 2 ? 'rye' : '{name}' },
    })),
  });
  const { db } = house.database.database;
  await db.updateTable('contacts').set({ is_blocked: true }).where('phone', '=', blocked.number).execute();
  const made = await draft({
    message: { type: 'text', text: 'Hello {{name|there}}, {metadata.bread} is {unknown}.' },
    recipients: { type: 'tags', value: ['regulars'] },
  });
  expect(made).toMatchObject({
    status: 'draft',
    stats: { total: 0 },
    settings: { delayMax: 0, batchSize: 50 },
  });
  const preview = (await call(made.id, 'preview')).data;
  expect(preview).toMatchObject({
    ...{ recipients: 11, leftOut: 1, judged: 11, isSample: false, verdicts: { SEND: 11 } },
    ...{ unknown: ['unknown'], seconds: { min: 0, max: 0 } },
  });
  expect(preview.samples.map(({ content }: { content: { text: string } }) => content.text)).toContain(
    'Hello Guest 1, rye is {unknown}.',
  );
  expect((await get(made.id)).stats.total).toBe(0);
  const { status, data } = await call(made.id, 'start');
  expect([status, data]).toEqual([200, { success: true, message: 'Broadcast started', recipientCount: 11 }]);
  await ended(made.id);
  await until('all are delivered', async () => (await stats(made.id)).delivered === 11);
  await first.read(profile.phone.number);
  await until('one has read it', async () => (await stats(made.id)).read === 1);
  expect(await tenant.key.get(`/broadcast/${made.id}/stats`)).toMatchObject({
    ...{ id: made.id, status: 'completed', duration: expect.any(Number) },
    stats: {
      ...{ total: 11, pending: 0, sent: 11, delivered: 11, read: 1, failed: 0, skipped: 1 },
      ...{ successRate: 100, progress: 100, skippedFor: { BLOCKED: 1 } },
    },
  });
  expect(await textsOf(first)).toEqual(['Hello there, {name} is {unknown}.']);
  expect(await textsOf(second)).toEqual(['Hello Guest 1, rye is {unknown}.']);
  expect(await textsOf(blocked)).toEqual([]);
  for (const phone of phones) expect((await phone.messages()).length).toBeLessThanOrEqual(1);

  const page = await tenant.key.get(`/broadcast/${made.id}/recipients?limit=5`);
  expect([page.total, page.recipients.length, page.limit, page.offset]).toEqual([12, 5, 5, 0]);
  const rest = await tenant.key.get(`/broadcast/${made.id}/recipients?limit=50&cursor=${page.cursor}`);
  expect(rest.recipients).toHaveLength(7);
  const left = await tenant.key.get(`/broadcast/${made.id}/recipients?status=skipped`);
  expect(left).toMatchObject({
    total: 1,
    recipients: [{ chatId: `${blocked.number}@c.us`, code: 'BLOCKED' }],
  });
  const csv = await fetch(`${house.gateway.url}/api/v1/broadcast/${made.id}/recipients/export`, {
    headers: tenant.credentials,
  });
  const lines = (await csv.text()).trim().split('\n');
  expect([lines.length, lines[0]?.split(',').slice(0, 3)]).toEqual([13, ['chatId', 'phone', 'status']]);
  const [read] = (await tenant.key.get(`/broadcast/${made.id}/recipients?status=read`)).recipients;
  const message = await tenant.key.get(`/messages/${read.messageId}`);
  expect(message).toMatchObject({ status: 'read', origin: { kind: 'broadcast', id: made.id } });
  const { events } = await tenant.key.get(`/events?profileId=${profile.id}&limit=200`);
  const told = events.filter(({ data }: { data: { broadcastId?: string } }) => data.broadcastId === made.id);
  const names = told.map(({ event }: { event: string }) => event);
  expect(names).toEqual(expect.arrayContaining(['broadcast.started', 'broadcast.completed']));
  expect(told.at(-1).data.stats).toMatchObject({ total: 11 });
});

test('who has opted out of marketing is left out, also after the campaign was prepared', async () => {
  const [stays, leaves] = (await people(2)) as [SandboxPhone, SandboxPhone];
  const value = [stays.number, leaves.number];
  const made = await draft({ recipients: { type: 'phones', value } });
  const at = new Date(house.clock.now().getTime() + 1_500).toISOString();
  await call(made.id, 'schedule', { scheduledAt: at });
  await tenant.owner.post('/opt-outs', { phone: leaves.number, profileId: profile.id });
  await ended(made.id);
  expect(await stats(made.id)).toMatchObject({ total: 1, sent: 1, skipped: 1, skippedFor: { OPTED_OUT: 1 } });
  expect(await textsOf(leaves)).toEqual([]);
});

test('ids, numbers and nonsense are mixed: each person once, and who is left out is named', async () => {
  const [known, dialled] = (await people(2)) as [SandboxPhone, SandboxPhone];
  const contact = await tenant.key.post('/contacts', { profileId: profile.id, phone: known.number });
  const value = [contact.id, known.number, `+${known.number.slice(0, 2)} ${known.number.slice(2)}`];
  const made = await draft({
    recipients: {
      type: 'contacts',
      value: [...value, dialled.number, 'nonsense', profile.phone.number, crypto.randomUUID()],
    },
  });
  expect((await call(made.id, 'start')).data.recipientCount).toBe(2);
  await ended(made.id);
  expect(await stats(made.id)).toMatchObject({
    ...{ total: 2, sent: 2, skipped: 3 },
    skippedFor: { INVALID_RECIPIENT: 1, OWN_NUMBER: 1, CONTACT_NOT_FOUND: 1 },
  });
});

/** Others go on meanwhile: what could have left has had its time. */
async function witnessed(): Promise<void> {
  const witness = await newCustomer(house.sandbox);
  for (const text of ['one', 'two', 'three']) await profile.send(witness.number, text, { wait: 10 });
}

test('after pause and cancel not one further message leaves; resume goes on at the next one', async () => {
  const phones = await people(40);
  const value = phones.map(({ number }) => number);
  const inLedger = async () => {
    const sent = await house.sandbox.ledger({ number: profile.phone.number });
    const numbers = new Set(value);
    return sent.filter(({ direction, tag, to }) => {
      return direction === 'in' && tag === 'message' && numbers.has(String(to).split('@')[0] ?? '');
    }).length;
  };
  // Or a quick machine is through before anybody can pause.
  const pace = (messageDelayMs: number) => tenant.owner.put(`/profiles/${profile.id}`, { messageDelayMs });
  await pace(30);
  const made = await draft({ recipients: { type: 'phones', value } });
  await call(made.id, 'start');
  await until('some are sent', async () => (await stats(made.id)).sent > 0);
  const paused = await call(made.id, 'pause');
  expect([paused.status, paused.data.status]).toEqual([200, 'paused']);
  const before = await inLedger();
  expect(before).toBeGreaterThan(0);
  const settledStats = await until('what was on its way is counted', async () => {
    const now = await stats(made.id);
    return now.sent >= before ? now : undefined;
  });
  expect(settledStats.sent).toBeLessThan(40);
  await witnessed();
  expect(await inLedger()).toBe(before);
  expect((await call(made.id, 'pause')).body.message).toBe('Can only pause running broadcasts');
  expect((await call(made.id, 'resume')).data).toEqual({ success: true, message: 'Broadcast resumed' });
  await ended(made.id);
  for (const phone of phones) expect(await phone.messages()).toHaveLength(1);

  const other = await draft({ recipients: { type: 'phones', value }, message: 'Twice?' });
  await call(other.id, 'start');
  await until('some are sent', async () => (await stats(other.id)).sent > 0);
  const cancelled = await call(other.id, 'cancel');
  const sent = await inLedger();
  expect(cancelled.data).toMatchObject({
    ...{ status: 'failed', statusReason: 'cancelled', cancelledAt: expect.any(String) },
  });
  await witnessed();
  expect(await inLedger()).toBe(sent);
  await until('the numbers add up', async () => {
    const { total, sent: done, cancelled: never, pending } = await stats(other.id);
    return pending === 0 && total === 40 && done + never === 40 && done === sent - 40;
  });
  expect((await call(other.id, 'cancel')).body.message).toBe('Broadcast already completed or failed');
  expect((await call(other.id, 'start')).body.message).toBe('Cannot start broadcast in current status');
  await pace(0);
});

test('a reply passes before a campaign that waits, and the daily limit burns nobody', async () => {
  const paced = await connectedProfile(tenant, house.sandbox, { messageDelayMs: 300 });
  const phones = await people(6);
  const made = await draft({
    ...{ profileId: paced.id, recipients: { type: 'phones', value: phones.map(({ number }) => number) } },
  });
  await call(made.id, 'start');
  await until('it has begun', async () => (await stats(made.id)).sent > 0);
  const customer = await newCustomer(house.sandbox);
  const begunMs = performance.now();
  await paced.send(customer.number, 'Yes, we are open.', { wait: 10 });
  expect(performance.now() - begunMs).toBeLessThan(1_500);
  expect((await stats(made.id)).sent).toBeLessThan(6);
  await tenant.key.put(`/profiles/${paced.id}`, { dailyMessageLimit: 1 });
  await until('it says why it waits', async () => (await get(made.id)).statusReason === 'DAILY_LIMIT');
  expect(await get(made.id)).toMatchObject({ status: 'running', stats: { failed: 0 } });
  await call(made.id, 'cancel');
});

test('only a draft is edited, and every 400 says what existing clients know', async () => {
  const made = await draft({ recipients: { type: 'phones', value: [newNumber()] } });
  const put = (body: object) => tenant.key.call('PUT', `/broadcast/${made.id}`, body);
  expect((await put({ name: 'Summer bread', message: { type: 'text', text: 'Hi' } })).data).toMatchObject({
    ...{ name: 'Summer bread', message: { type: 'text', text: 'Hi' }, status: 'draft' },
  });
  const wrong = await tenant.key.call('POST', '/broadcast', {
    ...{ profileId: profile.id, name: 'x', message: { type: 'poll', question: '' } },
    ...{ recipients: { type: 'tags' }, settings: { delayMin: 5, delayMax: 1 } },
  });
  expect(wrong.status).toBe(400);
  expect(wrong.body.error.details.map(({ path }: { path: string }) => path)).toEqual(
    expect.arrayContaining(['/recipients/value', '/settings/delayMax']),
  );
  const past = await call(made.id, 'schedule', { scheduledAt: '2020-01-01T00:00:00Z' });
  expect([past.status, past.body.message]).toEqual([400, 'Scheduled time must be in the future']);
  expect((await call(made.id, 'schedule', { scheduledAt: 'soon' })).status).toBe(400);
  const at = new Date(house.clock.now().getTime() + 1_200).toISOString();
  const scheduled = await call(made.id, 'schedule', { scheduledAt: at });
  expect(scheduled.data).toMatchObject({
    status: 'scheduled',
    scheduledAt: at,
    stats: { total: 1, pending: 1 },
  });
  expect((await put({ name: 'Late' })).body.message).toBe(
    'Can only edit a broadcast while it is in draft status',
  );
  expect((await call(made.id, 'schedule', { scheduledAt: at })).body.message).toMatch(
    /^Only draft broadcasts/,
  );
  await ended(made.id);
  expect((await call(made.id, 'resume')).body.message).toBe('Can only resume paused broadcasts');
  const empty = await draft({ recipients: { type: 'tags', value: ['nobody'] } });
  expect((await call(empty.id, 'start')).body.message).toBe('No recipients found for this broadcast');
  expect((await get(empty.id)).status).toBe('draft');
  expect(await tenant.key.delete(`/broadcast/${empty.id}`)).toEqual({ success: true });
  const list = await tenant.key.get(`/broadcast?profileId=${profile.id}&status=completed&limit=1`);
  expect(list[0].id).toBe(made.id);
});

test('a template is sent as it is now, and counts how often it was used', async () => {
  const phone = await newCustomer(house.sandbox);
  const template = await tenant.owner.post('/templates', {
    ...{ profileId: profile.id, name: 'Greeting', category: 'marketing', messageType: 'text' },
    content: { text: 'Good morning {{name|neighbour}}' },
  });
  const recipients = { type: 'phones', value: [phone.number] };
  const body = { profileId: profile.id, name: 'Greeting', recipients, settings: fast };
  expect((await tenant.key.call('POST', '/broadcast', body)).body.error.details).toMatchObject([
    { path: '/message' },
  ]);
  const foreign = await tenant.key.call('POST', '/broadcast', { ...body, templateId: crypto.randomUUID() });
  expect([foreign.status, foreign.body.error.code]).toEqual([404, 'TEMPLATE_NOT_FOUND']);
  const made = await tenant.key.post('/broadcast', { ...body, templateId: template.id });
  await call(made.id, 'start');
  await ended(made.id);
  expect(await textsOf(phone)).toEqual(['Good morning neighbour']);
  expect((await tenant.owner.get(`/templates/${template.id}`)).usageCount).toBe(1);
});

test('a file is taken in once and its caption filled in for each', async () => {
  const phones = await people(2);
  const png =
    'iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNk+M9QDwADhgGAWjR9awAAAABJRU5ErkJggg==';
  const made = await draft({
    message: { type: 'image', base64: png, text: 'For {phone}' },
    recipients: { type: 'phones', value: phones.map(({ number }) => number) },
  });
  await call(made.id, 'start');
  await ended(made.id);
  for (const phone of phones) {
    const [message] = await until('it is there', async () => {
      const all = await phone.messages();
      return all.length > 0 ? all : undefined;
    });
    expect(message).toMatchObject({ type: 'image', content: { caption: `For ${phone.number}` } });
  }
});
