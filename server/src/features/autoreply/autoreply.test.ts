import { afterAll, beforeAll, expect, test } from 'vitest';
import { type House, openHouse } from '../../../test/house.ts';
import { openSink, type Sink } from '../../../test/kit/sink.ts';
import {
  type ConnectedProfile,
  connectedProfile,
  newCustomer,
  newTenant,
  type Tenant,
} from '../../../test/tenant.ts';
import { until } from '../../../test/until.ts';
import { bodySignature } from '../webhooks/index.ts';

let house: House;
let tenant: Tenant;
let profile: ConnectedProfile;
let sink: Sink;

beforeAll(async () => {
  [house, sink] = await Promise.all([openHouse(), openSink()]);
  tenant = await newTenant(house.api);
  profile = await connectedProfile(tenant, house.sandbox);
});
afterAll(async () => {
  await house?.close();
  await sink?.close();
});

const answerWith = (body: unknown) => {
  sink.answer = (_, response) =>
    void response.writeHead(200, { 'content-type': 'application/json' }).end(JSON.stringify(body));
};
const make = (more: object) =>
  tenant.owner.post('/autoreply', {
    profileId: profile.id,
    keywords: ['price', 'cost', 'fee', 'sum'],
    response: 'Three euros.',
    ...more,
  });

test('an automatic reply is an automation with the mapping that clients know, and answers first', async () => {
  const made = await make({ privateOnly: true });
  expect(made).toMatchObject({
    ...{
      kind: 'autoreply',
      name: 'Autoreply: price, cost, fee...',
      priority: 0,
      cooldownSecs: 60,
      triggerType: 'keyword',
    },
    triggerConfig: { keywords: ['price', 'cost', 'fee', 'sum'], matchMode: 'contains', caseSensitive: false },
    ...{
      conditions: [{ type: 'not_group' }],
      actions: [{ type: 'reply', message: 'Three euros.' }],
      isActive: true,
    },
  });
  const older = made;
  const zero = await make({
    cooldownSecs: 0,
    keywords: ['zero'],
    matchMode: 'exact',
    response: 'Zero, {{name}}.',
  });
  expect(zero.cooldownSecs).toBe(0);
  expect((await tenant.owner.get(`/autoreply?profileId=${profile.id}`)).map(({ id }: any) => id)).toEqual([
    zero.id,
    older.id,
  ]);
  const worded = await tenant.owner.put(`/autoreply/${older.id}`, { matchMode: 'word' });
  expect(worded.triggerConfig).toMatchObject({ keywords: older.triggerConfig.keywords, matchMode: 'word' });
  const rule = await tenant.owner.post('/automation', {
    ...{ profileId: profile.id, name: 'Rule', triggerType: 'all', triggerConfig: {}, actions: [] },
  });
  for (const method of ['GET', 'DELETE'] as const) {
    expect(await tenant.owner.call(method, `/autoreply/${rule.id}`)).toMatchObject({ status: 404 });
  }
  expect(
    await tenant.owner.call('POST', '/autoreply', { keywords: 'x', matchMode: 'guess', cooldownSecs: 'x' }),
  ).toMatchObject({ status: 400 });
  const customer = await newCustomer(house.sandbox, 'Sari');
  await customer.sends(profile.phone.number, 'ZERO');
  await until('it is answered', async () =>
    (await customer.messages()).some(({ text }) => text === 'Zero, Sari.'),
  );
  expect(await tenant.owner.put(`/autoreply/${older.id}/toggle`)).toMatchObject({ isActive: false });
  expect(await tenant.owner.delete(`/autoreply/${older.id}`)).toEqual({ success: true });
  await tenant.owner.delete(`/autoreply/${zero.id}`);
});

test('quick replies stay, can be changed and deleted, and have each shortcut once', async () => {
  const body = { profileId: profile.id, shortcut: 'Hours', title: 'Opening', message: 'From 7, {{name}}.' };
  const made = await tenant.owner.post('/autoreply/quick-replies', body);
  expect(made).toMatchObject({ ...body, variables: ['name'] });
  expect(
    await tenant.owner.call('POST', '/autoreply/quick-replies', { ...body, shortcut: 'HOURS' }),
  ).toMatchObject({ status: 409 });
  expect(await tenant.owner.put(`/autoreply/quick-replies/${made.id}`, { title: 'Open' })).toMatchObject({
    title: 'Open',
    shortcut: 'Hours',
  });
  expect(await tenant.owner.get(`/autoreply/quick-replies?profileId=${profile.id}`)).toMatchObject([
    { id: made.id, title: 'Open' },
  ]);
  const ofAll = { ...body, profileId: null, message: 'Every day.' };
  const all = await tenant.owner.post('/autoreply/quick-replies', ofAll);
  expect(all).toMatchObject(ofAll);
  expect(await tenant.owner.call('POST', '/autoreply/quick-replies', ofAll)).toMatchObject({ status: 409 });
  const found = async (search: string) =>
    (await tenant.owner.get(`/autoreply/quick-replies?profileId=${profile.id}&search=${search}`)).map(
      ({ id }: any) => id,
    );
  expect(await found('hOUr')).toEqual([made.id, all.id]);
  expect(await found('every%20D')).toEqual([all.id]);
  expect(await found('%25')).toEqual([]);
  expect(await tenant.owner.delete(`/autoreply/quick-replies/${all.id}`)).toEqual({ success: true });
  expect(await tenant.owner.delete(`/autoreply/quick-replies/${made.id}`)).toEqual({ success: true });
  expect(await tenant.owner.call('DELETE', `/autoreply/quick-replies/${made.id}`)).toMatchObject({
    status: 404,
  });
  const missing = await tenant.owner.call('POST', '/autoreply/quick-replies', {
    profileId: profile.id,
    shortcut: 1,
  });
  expect(missing.body.error.details).toHaveLength(3);
});

test('a quick reply may have a file, kept as long as it is, that goes out above its text', async () => {
  const png =
    'iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNk+M9QDwADhgGAWjR9awAAAABJRU5ErkJggg==';
  const { data } = await tenant.owner.call('POST', '/uploads/media', { base64: png, filename: 'menu.png' });
  const body = { profileId: profile.id, shortcut: 'menu', title: 'Menu', message: 'For {{name}}, {{dish}}.' };
  const attachment = { type: 'image', mediaId: data.id };
  const made = await tenant.owner.post('/autoreply/quick-replies', { ...body, attachment });
  expect(made).toMatchObject({ ...body, attachment, variables: ['name', 'dish'] });
  const strange = { ...body, shortcut: 'other', attachment: { type: 'image', mediaId: profile.id } };
  expect(await tenant.owner.call('POST', '/autoreply/quick-replies', strange)).toMatchObject({ status: 404 });
  const customer = await newCustomer(house.sandbox, 'Sari');
  const rule = await tenant.owner.post('/automation', {
    ...{ profileId: profile.id, name: 'Menu', triggerType: 'keyword', triggerConfig: { keywords: ['menu'] } },
    actions: [{ type: 'send_quick_reply', shortcut: 'MENU' }],
  });
  await customer.sends(profile.phone.number, 'menu');
  const sent = await until('the picture is there', async () =>
    (await customer.messages()).find(({ type }) => type === 'image'),
  );
  expect(sent.text).toBe('For Sari, {{dish}}.');
  await tenant.owner.delete(`/automation/${rule.id}`);
  const { conversations } = await tenant.owner.get(`/conversations?search=${customer.number}`);
  const preview = (more: object) =>
    tenant.owner.call('POST', `/autoreply/quick-replies/${made.id}/preview`, more);
  expect((await preview({ conversationId: conversations[0].id })).data).toEqual({
    ...{ type: 'image', content: { mediaId: data.id, caption: 'For Sari, {{dish}}.' }, missing: ['dish'] },
  });
  expect((await preview({ variables: { name: '{{dish}}', dish: 'soup' } })).data.content.caption).toBe(
    'For {{dish}}, soup.',
  );
  expect(await preview({ conversationId: profile.id })).toMatchObject({ status: 404 });
  const references = () =>
    house.database.database.db
      .selectFrom('media_references')
      .select('media_id')
      .where('kind', '=', 'quick-reply')
      .execute();
  expect(await references()).toEqual([{ media_id: data.id }]);
  const plain = await tenant.owner.put(`/autoreply/quick-replies/${made.id}`, { attachment: null });
  expect([plain.attachment, await references()]).toEqual([null, []]);
  await tenant.owner.put(`/autoreply/quick-replies/${made.id}`, { attachment });
  await tenant.owner.delete(`/autoreply/quick-replies/${made.id}`);
  expect(await references()).toEqual([]);
});

test('where no rule answers another program is asked, signed with a secret of its own', async () => {
  const unset = await tenant.owner.get(`/autoreply/webhook-reply/${profile.id}`);
  expect(unset).toEqual({
    profileId: profile.id,
    webhookUrl: null,
    enabled: false,
    updatedAt: null,
    secret: null,
  });
  const set = await tenant.owner.post('/autoreply/webhook-reply', {
    profileId: profile.id,
    webhookUrl: sink.url,
    enabled: true,
  });
  expect(set).toMatchObject({
    webhookUrl: sink.url,
    enabled: true,
    secret: expect.stringMatching(/^[0-9a-f]{64}$/),
  });
  answerWith({ reply: 'Asked elsewhere.', tags: ['asked'] });
  const rule = await make({ keywords: ['ruled'], response: 'By rule.', cooldownSecs: 0 });
  const customer = await newCustomer(house.sandbox);
  await customer.sends(profile.phone.number, 'ruled');
  await customer.sends(profile.phone.number, 'something else');
  await until('it is answered', async () =>
    (await customer.messages()).some(({ text }) => text === 'Asked elsewhere.'),
  );
  expect((await customer.messages()).filter(({ fromMe }) => !fromMe).map(({ text }) => text)).toEqual([
    'By rule.',
    'Asked elsewhere.',
  ]);
  expect(sink.caught).toHaveLength(1);
  const [call] = sink.caught;
  expect(call?.body).toMatchObject({
    event: 'message.received',
    profileId: profile.id,
    message: { content: 'something else' },
  });
  expect(call?.headers['x-multiwa-signature']).toBe(bodySignature(set.secret, call?.text ?? ''));
  expect(call?.headers['webhook-signature']).toMatch(/^v1,/);
  expect((await tenant.owner.get(`/autoreply/webhook-reply/${profile.id}`)).secret).toBe(
    `********${set.secret.slice(-4)}`,
  );
  expect(
    await tenant.owner.call('POST', '/autoreply/webhook-reply', {
      profileId: profile.id,
      webhookUrl: 'http://10.0.0.1/',
      enabled: true,
    }),
  ).toMatchObject({ status: 422 });
  await tenant.owner.post('/autoreply/webhook-reply', { profileId: profile.id, enabled: false });
  await tenant.owner.delete(`/autoreply/${rule.id}`);
});

test('a model hook keeps its configuration secret, and says no for what it can not ask', async () => {
  expect(await tenant.owner.get(`/autoreply/ai-hook/${profile.id}`)).toEqual({
    profileId: profile.id,
    provider: null,
    enabled: false,
    hasConfig: false,
  });
  const set = (provider: string, config: object) =>
    tenant.owner.call('POST', '/autoreply/ai-hook', {
      profileId: profile.id,
      provider,
      config,
      enabled: true,
    });
  for (const provider of ['dialogflow', 'langchain'])
    expect(await set(provider, {})).toMatchObject({ status: 501 });
  expect(await set('custom', {})).toMatchObject({ status: 400 });
  expect(
    (await set('custom', { endpoint: sink.url, headers: { 'x-own': 'secret-word' }, body: { tone: 'kind' } }))
      .data,
  ).toEqual({ success: true, provider: 'custom', enabled: true });
  const shown = await tenant.owner.get(`/autoreply/ai-hook/${profile.id}`);
  expect(shown).toEqual({ profileId: profile.id, provider: 'custom', enabled: true, hasConfig: true });
  answerWith({ response: 'By a model of our own.' });
  const customer = await newCustomer(house.sandbox);
  await customer.sends(profile.phone.number, 'how are you');
  await until('it is answered', async () =>
    (await customer.messages()).some(({ text }) => text === 'By a model of our own.'),
  );
  const call = sink.caught.at(-1);
  expect(call?.body).toMatchObject({
    message: 'how are you',
    tone: 'kind',
    context: { content: 'how are you' },
  });
  expect(call?.headers['x-own']).toBe('secret-word');
});
