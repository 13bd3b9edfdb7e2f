import { afterAll, beforeAll, expect, test } from 'vitest';
import { type House, openHouse } from '../../../test/house.ts';
import { connectedProfile, newTenant, type Tenant } from '../../../test/tenant.ts';
import { until } from '../../../test/until.ts';

let house: House;
let tenant: Tenant;
beforeAll(async () => {
  house = await openHouse();
  tenant = await newTenant(house.api);
});
afterAll(() => house?.close());

test('deleting a workspace unlinks the phones of its profiles first, and nothing of it stays', async () => {
  const { owner } = tenant;
  const workspace = await owner.post('/workspaces', { name: 'Branch' });
  const connected = await connectedProfile(tenant, house.sandbox, { workspaceId: workspace.id });
  const idle = await owner.post('/profiles', {
    name: 'Idle',
    engine: 'sandbox',
    workspaceId: workspace.id,
  });
  await owner.post('/messages/text', { profileId: idle.id, to: '628123456789', text: 'waits' });
  const kept = await owner.post('/profiles', { name: 'Elsewhere', engine: 'sandbox' });
  expect((await owner.get(`/workspaces/${workspace.id}`)).profiles).toHaveLength(2);
  expect(await owner.delete(`/workspaces/${workspace.id}`)).toEqual({ success: true });
  await until('the phone has no linked device any more', async () => {
    return (await connected.phone.devices()).length === 0;
  });
  for (const id of [connected.id, idle.id]) {
    expect((await owner.call('GET', `/profiles/${id}`)).status).toBe(404);
    const { rows } = await house.database.database.pool.query(
      'select id from messages where profile_id = $1',
      [id],
    );
    expect(rows).toEqual([]);
  }
  expect((await owner.call('GET', `/workspaces/${workspace.id}`)).status).toBe(404);
  expect((await owner.get(`/profiles/${kept.id}`)).id).toBe(kept.id);
});

test('the last workspace stays, and so do its profiles and their connections', async () => {
  const other = await newTenant(house.api);
  const [workspace] = await other.owner.get('/workspaces');
  const profile = await connectedProfile(other, house.sandbox);
  const refused = await other.owner.call('DELETE', `/workspaces/${workspace.id}`);
  expect([refused.status, refused.body.error.code]).toEqual([409, 'WORKSPACE_NEEDED']);
  expect(await profile.status()).toBe('connected');
});

test('a local number takes the country of the profile, else organisation, else server', async () => {
  const { owner } = tenant;
  const make = (more: object = {}) => owner.post('/profiles', { name: 'P', engine: 'sandbox', ...more });
  const chatOf = async (profile: { id: string }, to: string) => {
    const sent = await owner.post('/messages/text', { profileId: profile.id, to, text: 'hi' });
    const { rows } = await house.database.database.pool.query(
      'select chat from conversations where id = $1',
      [sent.conversationId],
    );
    return rows[0].chat;
  };
  expect(await chatOf(await make(), '0812 3456 7890')).toBe('6281234567890@c.us');
  await owner.put('/organizations/current', { defaultCountry: 'DE' });
  expect(await chatOf(await make(), '0151 23456789')).toBe('4915123456789@c.us');
  expect(await chatOf(await make({ defaultCountry: 'GB' }), '07400 123456')).toBe('447400123456@c.us');
  expect((await make({ phone: '0151 23456789' })).phone).toBe('4915123456789');
  expect((await make({ phone: '07400 123456', defaultCountry: 'GB' })).phone).toBe('447400123456');
});
