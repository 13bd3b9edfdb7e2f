import { afterAll, beforeAll, expect, test } from 'vitest';
import { type House, openHouse } from '../../../test/house.ts';
import { newTenant, type Tenant } from '../../../test/tenant.ts';

let house: House;
let tenant: Tenant;
let profileId: string;

beforeAll(async () => {
  house = await openHouse();
  tenant = await newTenant(house.api);
  profileId = (await tenant.key.post('/profiles', { name: 'Shop', engine: 'sandbox' })).id;
});
afterAll(() => house?.close());

const content = { text: 'Hello {{name|there}}, order {order} of {metadata.city}: {{constructor}}.' };
const write = (name: string, more: object = {}) =>
  tenant.key.post('/templates', { profileId, name, messageType: 'text', content, ...more });
const codeOf = async (method: string, path: string, body?: object) => {
  const { status, body: answer } = await tenant.key.call(method, path, body);
  return [
    status,
    answer.error?.code,
    ...(answer.error?.details ?? []).map(({ path: at }: { path: string }) => at),
  ];
};

test('a template is written, read, changed and deleted, and each is told and in the audit log', async () => {
  const made = await write(' Ready ', { category: 'utility' });
  expect(made).toMatchObject({
    ...{ profileId, name: 'Ready', category: 'utility', messageType: 'text', content, usageCount: 0 },
    variables: ['name', 'order', 'metadata.city', 'constructor'],
  });
  expect(await tenant.key.get(`/templates/${made.id}`)).toEqual(made);
  const changed = await tenant.key.put(`/templates/${made.id}`, { content: { text: '{a}' }, category: null });
  expect(changed).toMatchObject({ name: 'Ready', category: null, variables: ['a'] });
  expect(await tenant.key.delete(`/templates/${made.id}`)).toEqual({ success: true });
  expect(await codeOf('GET', `/templates/${made.id}`)).toEqual([404, 'TEMPLATE_NOT_FOUND']);
  const { events } = await tenant.owner.get('/events?after=0&limit=200');
  const told = events.filter(({ event }: { event: string }) => event.startsWith('template.'));
  expect(told.map(({ event }: { event: string }) => event)).toEqual([
    'template.created',
    'template.updated',
    'template.deleted',
  ]);
  const rows = await house.database.database.db
    .selectFrom('audit_logs')
    .select(['action', 'metadata'])
    .where('resource_id', '=', made.id)
    .orderBy('id')
    .execute();
  expect(rows.map(({ action }) => action)).toEqual(['template.create', 'template.update', 'template.delete']);
  expect(JSON.stringify(rows)).not.toContain('Hello');
});

test('a name is unique in its profile whatever its case, also for a change and a copy', async () => {
  const made = await write('Größe');
  const other = await write('Other');
  const taken = [409, 'TEMPLATE_NAME_TAKEN'];
  const body = { profileId, name: 'GRÖSSE', messageType: 'text', content };
  expect((await tenant.key.post('/templates', body)).name).toBe('GRÖSSE');
  expect(await codeOf('POST', '/templates', { ...body, name: 'grÖße' })).toEqual(taken);
  expect(await codeOf('PUT', `/templates/${other.id}`, { name: 'größe' })).toEqual(taken);
  expect(await codeOf('POST', `/templates/${made.id}/duplicate`, { name: 'OTHER' })).toEqual(taken);
  expect(await codeOf('POST', `/templates/${made.id}/duplicate`, {})).toEqual([
    400,
    'VALIDATION_ERROR',
    '/name',
  ]);
  expect((await tenant.key.put(`/templates/${made.id}`, { name: 'GRÖßE' })).name).toBe('GRÖßE');
  expect(await tenant.key.post(`/templates/${made.id}/duplicate`, { name: 'Copy' })).toMatchObject({
    ...{ name: 'Copy', content, usageCount: 0, variables: made.variables },
  });
});

test('kind and content are checked together, and every problem is told', async () => {
  const refused = (messageType: string, said: object) =>
    codeOf('POST', '/templates', { profileId, name: 'No', messageType, content: said });
  const invalid = [400, 'VALIDATION_ERROR'];
  expect(await refused('carrier-pigeon', { text: 'x' })).toEqual([...invalid, '/messageType']);
  expect(await refused('text', { caption: 'x' })).toEqual([...invalid, '/content/text']);
  expect(await refused('poll', { question: 1, options: ['a'] })).toEqual([
    ...invalid,
    ...['/content/question', '/content/options'],
  ]);
  expect(await refused('image', { caption: 'x' })).toEqual([...invalid, '/content']);
  expect(await refused('image', { url: 'https://example.org/{name}.jpg', caption: '{name}' })).toEqual([
    ...invalid,
    '/content/url',
  ]);
  expect(await refused('image', { base64: 'aGVsbG8=' })).toEqual([...invalid, '/content/base64']);
  expect(await refused('text', { text: 'x'.repeat(65_537) })).toEqual([...invalid, '/content']);
  expect(await refused('image', { mediaId: crypto.randomUUID() })).toEqual([404, 'MEDIA_NOT_FOUND']);
  const { id } = await write('Text');
  expect(await codeOf('PUT', `/templates/${id}`, { messageType: 'poll' })).toEqual([
    ...invalid,
    ...['/content/question', '/content/options'],
  ]);
});

test('a preview says where each value came from, what is missing and what could not be sent', async () => {
  const contact = await tenant.key.post('/contacts', {
    ...{ profileId, phone: '628123450001', name: 'Sari', metadata: { city: 'Bogor' } },
  });
  const template = await write('Shown', {
    messageType: 'poll',
    content: {
      question: '{name} or {{nobody|you}} of {organization.name}?',
      options: ['{a}', '{name}', '{metadata.city}'],
    },
  });
  const ask = { variables: { a: '{name}' }, contactId: contact.id };
  expect(await tenant.key.post(`/templates/${template.id}/preview`, ask)).toEqual({
    ...{ template: 'Shown', original: template.content, variables: template.variables },
    rendered: { question: 'Sari or you of Bakery?', options: ['{name}', 'Sari', 'Bogor'] },
    values: [
      { name: 'name', value: 'Sari', from: 'contact' },
      { name: 'nobody', value: 'you', from: 'fallback' },
      { name: 'organization.name', value: 'Bakery', from: 'organization' },
      { name: 'a', value: '{name}', from: 'variables' },
      { name: 'metadata.city', value: 'Bogor', from: 'contact' },
    ],
    ...{ missing: [], problems: [] },
  });
  const unsaved = { profileId, messageType: 'text', content: { text: '{name}{constructor}' } };
  expect(await tenant.key.post('/templates/preview', { ...unsaved, variables: { name: '' } })).toMatchObject({
    ...{ template: null, rendered: { text: '{constructor}' }, missing: ['constructor'], problems: [] },
  });
  const empty = { ...unsaved, content: { text: '{name}' }, variables: { name: '' } };
  expect((await tenant.key.post('/templates/preview', empty)).problems).toMatchObject([
    { path: '/content/text' },
  ]);
  expect(await codeOf('POST', `/templates/${template.id}/preview`, {})).toEqual([
    400,
    'VALIDATION_ERROR',
    '/variables',
  ]);
  expect((await tenant.key.get(`/templates/${template.id}`)).usageCount).toBe(0);
});

test('the list has the most used first, pages without a gap, and finds by part of a name', async () => {
  const other = (await tenant.key.post('/profiles', { name: 'Second', engine: 'sandbox' })).id;
  const ids: string[] = [];
  for (const [index, name] of ['Alpha', 'Beta 100%', 'gamma_x', 'Delta', 'Alphabet'].entries()) {
    house.clock.advance({ seconds: 1 });
    const category = index % 2 ? 'service' : 'marketing';
    ids.push((await write(name, { profileId: other, category })).id);
  }
  const { db } = house.database.database;
  for (const [index, used] of [
    [1, 9],
    [4, 3],
    [0, 3],
  ] as const) {
    await db
      .updateTable('templates')
      .set({ usage_count: used })
      .where('id', '=', ids[index] ?? '')
      .execute();
  }
  const names = ['Beta 100%', 'Alphabet', 'Alpha', 'Delta', 'gamma_x'];
  const namesOf = (rows: { name: string }[]) => rows.map(({ name }) => name);
  const paged: string[] = [];
  for (let cursor: string | null = ''; cursor !== null; ) {
    const path: string = `/templates?profileId=${other}&limit=2${cursor && `&cursor=${cursor}`}`;
    const { body } = await tenant.key.call('GET', path);
    paged.push(...namesOf(body.data));
    cursor = body.meta.nextCursor ?? null;
  }
  expect(paged).toEqual(names);
  const found = async (query: string) =>
    namesOf(await tenant.key.get(`/templates?profileId=${other}&${query}`));
  expect(await found('category=service')).toEqual(['Beta 100%', 'Delta']);
  expect(await found('search=ALPHA')).toEqual(['Alphabet', 'Alpha']);
  expect(await found('search=%25')).toEqual(['Beta 100%']);
  expect(await found('search=_')).toEqual(['gamma_x']);
});

test('what is not saved can be sent to one number, filled in as its preview shows it', async () => {
  const said = {
    profileId,
    messageType: 'text',
    content: { text: 'Hello {name}, {x}' },
    variables: { name: 'Sari' },
  };
  const { messageId } = await tenant.key.post('/templates/test', { ...said, to: '628111222333' });
  expect((await tenant.key.get(`/messages/${messageId}`)).content).toMatchObject({ text: 'Hello Sari, {x}' });
  const empty = { ...said, to: '628111222333', content: {} };
  expect(await codeOf('POST', '/templates/test', empty)).toEqual([400, 'VALIDATION_ERROR', '/content/text']);
});

test('where it is used is told; what is in use can be kept from being deleted', async () => {
  const template = await write('Used');
  const uses = () => tenant.owner.get(`/templates/${template.id}/uses`);
  const none = {
    automations: { total: 0, active: 0, items: [] },
    broadcasts: { total: 0, open: 0, items: [] },
  };
  expect(await uses()).toEqual(none);
  const rule = { profileId, triggerType: 'keyword', triggerConfig: { keywords: ['menu'] } };
  const action = { type: 'send_template', templateId: template.id };
  const on = await tenant.owner.post('/automation', { ...rule, name: 'Menu', actions: [action] });
  const off = { ...rule, name: 'Away', actions: [action], isActive: false };
  await tenant.owner.post('/automation', off);
  const campaign = { profileId, recipients: { type: 'all' } };
  const draft = await tenant.owner.post('/broadcast', { ...campaign, name: 'One', templateId: template.id });
  const variants = [
    { name: 'A', templateId: template.id },
    { name: 'B', message: 'Hello' },
  ];
  const varied = await tenant.owner.post('/broadcast', { ...campaign, name: 'Two', variants });
  expect(varied.variants).toMatchObject([{ templateId: template.id }, { templateId: null }]);
  await tenant.owner.call('POST', `/broadcast/${draft.id}/cancel`, {});
  const told = await uses();
  expect(told.automations).toMatchObject({ total: 2, active: 1 });
  expect(told.automations.items).toMatchObject([
    { id: on.id, name: 'Menu', kind: 'rule', isActive: true, profileId },
    { name: 'Away', isActive: false },
  ]);
  expect(told.broadcasts).toMatchObject({ total: 2, open: 1 });
  expect(told.broadcasts.items).toMatchObject([
    { id: varied.id, status: 'draft' },
    { id: draft.id, status: 'failed' },
  ]);
  const { key } = await tenant.owner.post('/api-keys', { name: 'k', permissions: ['template:read'] });
  const reader = await house.api.as({ 'x-api-key': key }).get(`/templates/${template.id}/uses`);
  expect([reader.automations.total, reader.automations.items, reader.broadcasts.items]).toEqual([2, [], []]);
  const remove = (query = '') => tenant.owner.call('DELETE', `/templates/${template.id}${query}`);
  expect((await remove('?unused=true')).body.error.code).toBe('TEMPLATE_IN_USE');
  expect((await remove()).data).toEqual({ success: true });
  const other = await write('Unused');
  expect((await tenant.owner.call('DELETE', `/templates/${other.id}?unused=true`)).status).toBe(200);
});
