import { io, type Socket } from 'socket.io-client';
import type { Client } from './client.ts';
import type { House } from './house.ts';
import { newNumber, newTenant, type Tenant } from './tenant.ts';

/** One of everything in one place: an account, a profile in it, a message, its chat, a webhook with a delivery. */
export interface Things {
  workspace: string;
  account: string;
  profile: string;
  /** By the names that paths use. */
  ids: Record<string, string>;
}

/** A workspace more, as a row. */
export async function anotherWorkspace({ database }: House, organizationId: string): Promise<string> {
  const now = new Date();
  const id = crypto.randomUUID();
  await database.database.db
    .insertInto('workspaces')
    .values({
      id,
      organization_id: organizationId,
      name: 'Branch',
      slug: id,
      created_at: now,
      updated_at: now,
    })
    .execute();
  return id;
}

/** Makes {@link Things} in a workspace; the profile stays disconnected, so nothing moves. */
export async function thingsIn(house: House, owner: Client, workspace: string): Promise<Things> {
  const account = await owner.post('/accounts', { name: 'Shop', workspaceId: workspace });
  const profile = await owner.post(`/accounts/${account.id}/profiles`, { name: 'Phone', engine: 'sandbox' });
  const to = '628123456789';
  const message = await owner.post('/messages/text', { profileId: profile.id, to, text: 'hello' });
  const scheduled = await owner.post('/messages/schedule', {
    ...{ profileId: profile.id, to, type: 'text', content: 'later' },
    scheduledAt: '2035-01-01T00:00:00Z',
  });
  const audience = [to];
  const status = await owner.post('/statuses', {
    profileId: profile.id,
    type: 'text',
    text: 'open',
    audience,
  });
  const contact = await owner.post('/contacts', {
    profileId: profile.id,
    phone: '628123456788',
    name: 'Ani',
  });
  const segment = await owner.post('/contacts/segments', { name: 'All', profileId: profile.id, filter: {} });
  const broadcast = await owner.post('/broadcast', {
    ...{ profileId: profile.id, name: 'Spring', message: 'hello', recipients: { type: 'all' } },
  });
  const batch = await owner.post('/bulk/send', {
    profileId: profile.id,
    messages: [{ chatId: to, type: 'text', content: { text: 'hello' } }],
  });
  const importId = crypto.randomUUID();
  const url = 'http://127.0.0.1:9/';
  const webhook = await owner.post('/webhooks', { url, events: ['test'], profileId: profile.id });
  const hook = await owner.post('/hooks', { name: 'Orders', profileId: profile.id });
  const template = await owner.post('/templates', {
    ...{ profileId: profile.id, name: `Ready ${crypto.randomUUID()}`, messageType: 'text' },
    content: { text: 'Hello {name}' },
  });
  // Of the organisation, whatever the profile: each place has a person of its own.
  const optOut = await owner.post('/opt-outs', { profileId: profile.id, phone: newNumber() });
  const consent = await owner.post('/consents', { profileId: profile.id, phone: newNumber() });
  const note = await owner.post(`/conversations/${message.conversationId}/notes`, { text: 'hello' });
  const knowledge = await owner.post(`/ai/knowledge/${profile.id}/text`, {
    name: 'Hours',
    content: 'From 7.',
  });
  const deliveryId = crypto.randomUUID();
  const now = new Date();
  await house.database.database.db
    .insertInto('webhook_deliveries')
    .values({
      id: deliveryId,
      webhook_id: webhook.id,
      event_id: crypto.randomUUID(),
      event_name: 'test',
      body: '{}',
      status: 'failed',
      due_at: now,
      created_at: now,
    })
    .execute();
  const replayId = crypto.randomUUID();
  await house.database.database.db
    .insertInto('webhook_replays')
    .values({
      ...{ id: replayId, organization_id: profile.organizationId, webhook_id: webhook.id, status: 'done' },
      ...{ only_missing: true, after_position: 0, up_to: 0, position: 0, created_at: now, updated_at: now },
    })
    .execute();
  await house.database.database.db
    .insertInto('contact_imports')
    .values({
      ...{
        id: importId,
        organization_id: (await owner.get('/auth/me')).organizationId,
        profile_id: profile.id,
      },
      ...{ media_id: crypto.randomUUID(), reading: '{}', is_dry_run: false, status: 'done' },
      ...{ created_at: now, updated_at: now, finished_at: now },
    })
    .execute();
  const bulks = await bulkActsIn(house, profile);
  const groupId = `120363${String(Math.random()).slice(2, 14).padEnd(12, '0')}@g.us`;
  await house.database.database.db
    .insertInto('groups')
    .values({
      ...{ id: crypto.randomUUID(), profile_id: profile.id, chat: groupId, kind: 'group', subject: 'Bakers' },
      organization_id: profile.organizationId,
      ...{ only_admins_write: false, only_admins_edit: false, everybody_adds: false, admins_approve: false },
      ...{ expiration: 0, member_count: 0, picture_known: false },
      ...{ fetched_at: now, listed_at: now, created_at: now, updated_at: now },
    })
    .execute();
  const ids = {
    contacts: contact.id,
    contact: contact.id,
    imports: importId,
    ...bulks,
    segments: segment.id,
    groups: groupId,
    code: 'AbCdEfGhIjKlMnOpQrStUv',
    accounts: account.id,
    accountId: account.id,
    profiles: profile.id,
    profile: profile.id,
    profileId: profile.id,
    messages: message.messageId,
    schedule: scheduled.id,
    statuses: status.id,
    broadcast: broadcast.id,
    batchId: batch.batchId,
    conversations: message.conversationId,
    conversationId: message.conversationId,
    conversation: message.conversationId,
    webhooks: webhook.id,
    hooks: hook.id,
    templates: template.id,
    knowledge: knowledge.id,
    'opt-outs': optOut.id,
    consents: consent.id,
    noteId: note.id,
    deliveryId,
    replayId,
  };
  return { workspace, account: account.id, profile: profile.id, ids };
}

/** An act on many things of each kind that is done, as rows, under the paths of those. */
async function bulkActsIn(
  { database }: House,
  profile: { id: string; organizationId: string },
): Promise<Record<string, string>> {
  const ids: Record<string, string> = {};
  for (const kind of ['contact', 'conversation', 'profile'] as const) {
    const id = crypto.randomUUID();
    ids[`${kind}s/bulk`] = id;
    await database.database.db
      .insertInto('bulk_acts')
      .values({
        ...{ id, organization_id: profile.organizationId, profile_id: profile.id, kind, act: 'delete' },
        ...{ about: { tags: [] }, status: 'done', total: 0, created_at: new Date() },
      })
      .execute();
  }
  return ids;
}

/** A person of the tenant's organisation who may do nothing but what the role allows in one place. */
export async function personIn(
  house: House,
  tenant: Tenant,
  role: string,
  place: { workspace: string } | { profile: string },
): Promise<Client & { id: string; credentials: Record<string, string> }> {
  const { db } = house.database.database;
  const { organizationId } = tenant;
  const { email, password } = await newTenant(house.api);
  const { accessToken } = await house.api.post('/auth/login', { email, password });
  const credentials = { authorization: `Bearer ${accessToken}` };
  const person = house.api.as(credentials);
  const { id } = await person.get('/auth/me');
  await db
    .updateTable('users')
    .set({ organization_id: organizationId, role: 'nothing' })
    .where('id', '=', id)
    .execute();
  const { id: roleId } = await db
    .selectFrom('roles')
    .select('id')
    .where('organization_id', '=', organizationId)
    .where('system_key', '=', role)
    .executeTakeFirstOrThrow();
  await db
    .insertInto('role_grants')
    .values({
      id: crypto.randomUUID(),
      organization_id: organizationId,
      user_id: id,
      role_id: roleId,
      workspace_id: 'workspace' in place ? place.workspace : null,
      profile_id: 'profile' in place ? place.profile : null,
      created_at: new Date(),
    })
    .execute();
  house.clock.advance({ seconds: 1 });
  return { ...person, id, credentials };
}

/** A socket that is let in, and the profiles of the events it heard. */
export async function listener(
  house: House,
  credentials: Record<string, string>,
): Promise<{ socket: Socket; heard: (string | null)[]; join(place: object): Promise<boolean> }> {
  const socket = io(`${house.gateway.url}/ws`, { transports: ['websocket'], extraHeaders: credentials });
  const heard: (string | null)[] = [];
  socket.on('event', ({ profileId }: { profileId: string | null }) => heard.push(profileId));
  await new Promise<void>((resolve, reject) => {
    socket.once('connect', () => resolve());
    socket.once('connect_error', reject);
  });
  const join = async (place: object) =>
    ((await socket.timeout(5_000).emitWithAck('join', place)) as { success: boolean }).success;
  return { socket, heard, join };
}
