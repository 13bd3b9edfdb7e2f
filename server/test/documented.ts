import { readFileSync } from 'node:fs';
import { newNumber, type Tenant } from './tenant.ts';
import { until } from './until.ts';

export interface Operation {
  description?: string;
  security?: object[];
  parameters?: { in: string; name: string; required?: boolean }[];
  requestBody?: { content: Record<string, { schema: BodySchema; example?: unknown }> };
  responses: Record<string, unknown>;
}
interface BodySchema {
  $ref?: string;
  properties?: Record<string, unknown>;
}
export interface DocumentedRoute {
  method: string;
  address: string;
  operation: Operation;
  /** Names of the fields of the JSON body; none when it takes no body. */
  fields: string[];
  example: Record<string, unknown>;
  /** Names of the query's parameters. */
  query: string[];
  isPublic: boolean;
}

/** Every route of the committed API description. */
export function documentedRoutes(): DocumentedRoute[] {
  const document = JSON.parse(readFileSync(new URL('../openapi.json', import.meta.url), 'utf8')) as {
    paths: Record<string, Record<string, Operation>>;
    components?: { schemas?: Record<string, BodySchema> };
  };
  const resolved = (schema: BodySchema | undefined) =>
    (schema?.$ref ? document.components?.schemas?.[schema.$ref.split('/').at(-1) ?? ''] : schema)
      ?.properties ?? {};
  return Object.entries(document.paths).flatMap(([address, operations]) =>
    Object.entries(operations).map(([method, operation]) => {
      const body = operation.requestBody?.content['application/json'];
      return {
        method: method.toUpperCase(),
        address,
        operation,
        fields: Object.keys(resolved(body?.schema)),
        example: (body?.example ?? {}) as Record<string, unknown>,
        query: (operation.parameters ?? []).filter((one) => one.in === 'query').map(({ name }) => name),
        isPublic: !operation.security?.length,
      };
    }),
  );
}

/** One thing of the tenant for every kind that a path can name: the profile is disconnected, so nothing moves. */
export async function ownThings({ owner }: Tenant): Promise<Record<string, string>> {
  const [account] = await owner.get('/accounts');
  const [workspace] = await owner.get('/workspaces');
  const [session] = await owner.get('/auth/sessions');
  const profile = await owner.post(`/accounts/${account.id}/profiles`, { name: 'Shop', engine: 'sandbox' });
  const message = await owner.post('/messages/text', {
    profileId: profile.id,
    to: '628123456789',
    text: 'mine',
  });
  const scheduled = await owner.post('/messages/schedule', {
    ...{ profileId: profile.id, to: '628123456789', type: 'text', content: 'mine' },
    scheduledAt: '2035-01-01T00:00:00Z',
  });
  const status = await owner.post('/statuses', {
    ...{ profileId: profile.id, type: 'text', text: 'mine', audience: ['628123456789'] },
  });
  const broadcast = await owner.post('/broadcast', {
    ...{ profileId: profile.id, name: 'Mine', message: 'mine', recipients: { type: 'all' } },
  });
  const batch = await owner.post('/bulk/send', {
    profileId: profile.id,
    messages: [{ chatId: '628123456789', type: 'text', content: { text: 'mine' } }],
  });
  const webhook = await owner.post('/webhooks', { url: 'http://127.0.0.1:9/', events: ['test'] });
  const contact = await owner.post('/contacts', {
    profileId: profile.id,
    phone: '628123456788',
    name: 'Mine',
  });
  const segment = await owner.post('/contacts/segments', { name: 'All', profileId: profile.id, filter: {} });
  const csvData = `phone\n${Array.from({ length: 5_001 }, (_, n) => 6281300000000 + n).join('\n')}\n`;
  const imported = await owner.post('/contacts/import/csv', { profileId: profile.id, csvData, dryRun: true });
  const nobody = { ids: ['0199d6a2-7b1c-7e52-9a51-0f6b0d2f3c11'] };
  const bulk = await owner.post('/contacts/bulk', { ...{ profileId: profile.id, act: 'delete' }, ...nobody });
  const acts = {
    'contacts/bulk': bulk.id,
    'conversations/bulk': (await owner.post('/conversations/bulk', { act: 'archive', ...nobody })).id,
    'profiles/bulk': (await owner.post('/profiles/bulk', { act: 'disconnect', ...nobody })).id,
  };
  const hook = await owner.post('/hooks', { name: 'Orders', profileId: profile.id });
  const ofProfile = { profileId: profile.id };
  const rule = { ...ofProfile, name: 'Hours', triggerType: 'webhook', triggerConfig: {} };
  const automation = await owner.post('/automation', { ...rule, actions: [{ type: 'end' }] });
  await owner.put(`/automation/${automation.id}/draft`, { settings: {} });
  const autoreply = await owner.post('/autoreply', {
    ...ofProfile,
    keywords: ['hours'],
    response: 'From 7.',
  });
  const kept = { ...ofProfile, shortcut: 'hours', title: 'Hours', message: 'From 7.' };
  const quickReply = await owner.post('/autoreply/quick-replies', kept);
  const template = await owner.post('/templates', {
    ...{ profileId: profile.id, name: `Ready ${crypto.randomUUID()}`, messageType: 'text' },
    content: { text: 'Hello {name}' },
  });
  // Of an organisation, whatever the profile: each call has a person of its own.
  const optOut = await owner.post('/opt-outs', { profileId: profile.id, phone: newNumber() });
  const document = await owner.post(`/ai/knowledge/${profile.id}/text`, {
    name: 'Hours',
    content: 'Open from 7 to 19.',
  });
  const consent = await owner.post('/consents', { profileId: profile.id, phone: newNumber() });
  const key = await owner.post('/api-keys', { name: 'other' });
  const label = await owner.post('/labels', { name: `Label ${crypto.randomUUID()}` });
  const note = await owner.post(`/conversations/${message.conversationId}/notes`, { text: 'mine' });
  const me = await owner.get('/auth/me');
  const role = await owner.post('/rbac/roles', { name: `Role of ${profile.id}`, permissions: [] });
  const invited = { email: `invited-${profile.id}@example.org`, name: 'Invited', delivery: 'link' };
  const member = await owner.post('/organizations/members', invited);
  const media = await owner.call('POST', '/uploads/media', { base64: 'aGVsbG8=', filename: 'hello.txt' });
  const made = await owner.post('/account/exports');
  await until(
    'the export is ready',
    async () => (await owner.get(`/account/exports/${made.id}`)).status === 'ready',
  );
  return {
    accounts: account.id,
    workspaces: workspace.id,
    profiles: profile.id,
    messages: message.messageId,
    schedule: scheduled.id,
    statuses: status.id,
    broadcast: broadcast.id,
    batchId: batch.batchId,
    conversations: message.conversationId,
    contacts: contact.id,
    imports: imported.id,
    ...acts,
    segments: segment.id,
    webhooks: webhook.id,
    hooks: hook.id,
    automation: automation.id,
    autoreply: autoreply.id,
    'quick-replies': quickReply.id,
    runId: '0199d6a2-7b1c-7e52-9a51-0f6b0d2f3c11',
    version: '1',
    templates: template.id,
    knowledge: document.id,
    'opt-outs': optOut.id,
    consents: consent.id,
    'api-keys': key.id,
    sessions: session.id,
    roles: role.id,
    members: member.id,
    exports: made.id,
    media: media.data.id,
    organizations: me.organizationId,
    orgId: me.organizationId,
    userId: me.id,
    accountId: account.id,
    profileId: profile.id,
    conversationId: message.conversationId,
    // Nobody is in it: a profile that is not connected knows no groups.
    groups: '120363000000000777@g.us',
    labels: label.id,
    noteId: note.id,
    deliveryId: '0199d6a2-7b1c-7e52-9a51-0f6b0d2f3c11',
    replayId: '0199d6a2-7b1c-7e52-9a51-0f6b0d2f3c11',
    notifications: '0199d6a2-7b1c-7e52-9a51-0f6b0d2f3c11',
  };
}

/** What stands in paths and is no id; no link is signed so. */
const words: Record<string, string> = {
  variant: 'file',
  token: 'forged',
  filename: 'hello.txt',
  phone: '628123456789',
  code: 'AbCdEfGhIjKlMnOpQrStUv',
};

/** The address of a route with these ids in it, and with what its query can't do without. */
export function filledRoute(
  { address, operation }: { address: string; operation: Pick<Operation, 'parameters'> },
  ids: Record<string, string>,
): string {
  // Parameters with a default are called required, too.
  const values: Record<string, string> = { profileId: ids.profileId ?? '', q: 'mine' };
  const needed = (operation.parameters ?? []).filter(
    (one) => one.in === 'query' && one.required && one.name in values,
  );
  const query = new URLSearchParams(needed.map(({ name }): [string, string] => [name, values[name] ?? '']));
  return `${filled(address, ids)}${needed.length > 0 ? `?${query}` : ''}`;
}

/** The address with these ids in it; an `{id}` is one of whatever stands before it, in one part or in two. */
export function filled(address: string, ids: Record<string, string>): string {
  let before = '';
  let both = '';
  const parts = address.split('/').map((part) => {
    const name = /^\{(\w+)\}$/.exec(part)?.[1];
    const id = name === undefined ? part : (ids[name] ?? ids[both] ?? ids[before] ?? words[name]);
    if (id === undefined) throw new Error(`no id for ${part} in ${address}`);
    both = `${before}/${part}`;
    before = part;
    return id;
  });
  return parts.join('/');
}
