import { randomBytes } from 'node:crypto';
import type { Client } from './client.ts';
import type { Sandbox, SandboxPhone } from './sandbox.ts';
import { until } from './until.ts';

/** An organisation with its owner signed in and a key for programs. */
export interface Tenant {
  owner: Client;
  key: Client;
  organizationId: string;
  email: string;
  password: string;
  /** Headers of the key, for a server that moved. */
  credentials: Record<string, string>;
  /** Headers of the owner. */
  bearer: Record<string, string>;
}

/** A profile that is paired with a phone of the sandbox. */
export interface ConnectedProfile {
  id: string;
  phone: SandboxPhone;
  /** Sends a text; `wait` holds until WhatsApp's server has it. */
  send(
    to: string,
    text: string,
    how?: { wait?: number; key?: string },
  ): Promise<{ messageId: string; waMessageId: string; conversationId: string; status: string }>;
  status(): Promise<string>;
  /** Again, with the login it has. */
  connect(): Promise<void>;
  disconnect(): Promise<void>;
}

export async function newTenant(api: Client): Promise<Tenant> {
  const email = `${randomBytes(6).toString('hex')}@example.org`;
  const password = `bread-${randomBytes(9).toString('base64url')}`;
  const registered = await api.post('/auth/register', {
    email,
    password,
    name: 'Owner',
    organizationName: 'Bakery',
  });
  const bearer = { authorization: `Bearer ${registered.accessToken}` };
  const owner = api.as(bearer);
  const { key } = await owner.post('/api-keys', { name: 'program' });
  const credentials = { 'x-api-key': key };
  const { organizationId } = registered.user;
  return { owner, key: api.as(credentials), organizationId, email, password, credentials, bearer };
}

let numbers = 628_110_000_000 + Math.floor(Math.random() * 1_000_000) * 100;
/** A phone number nobody in this run has. */
export const newNumber = () => String(numbers++);

/** Somebody with a phone whom nobody knows yet. */
export async function newCustomer(sandbox: Sandbox, name = 'Customer') {
  const phone = sandbox.phone(newNumber());
  await phone.named(name);
  return phone;
}

/** So many of them. */
export const newCustomers = (sandbox: Sandbox, count: number) =>
  Promise.all(Array.from({ length: count }, () => newCustomer(sandbox)));

/** Creates a profile, connects it and has the phone scan its code. */
export async function connectedProfile(
  tenant: Tenant,
  sandbox: Sandbox,
  more: Record<string, unknown> = {},
  phone: SandboxPhone = sandbox.phone(newNumber()),
): Promise<ConnectedProfile> {
  await phone.named('Bakery');
  const { id } = await tenant.key.post('/profiles', { name: 'Front desk', engine: 'sandbox', ...more });
  await tenant.key.post(`/profiles/${id}/connect`);
  const { text } = await tenant.key.get(`/profiles/${id}/qr`);
  await phone.scan(text);
  const status = async () => (await tenant.key.get(`/profiles/${id}/status`)).status as string;
  await until('the profile is connected', async () => (await status()) === 'connected');
  return {
    id,
    phone,
    status,
    async connect() {
      await tenant.key.post(`/profiles/${id}/connect`);
      await until('the profile is connected', async () => (await status()) === 'connected');
    },
    async disconnect() {
      await tenant.key.post(`/profiles/${id}/disconnect`);
      await until('the profile is disconnected', async () => (await status()) === 'disconnected');
    },
    send: (to, text, how = {}) =>
      tenant.key.post(
        '/messages/text',
        { profileId: id, to, text },
        { ...(how.wait && { prefer: `wait=${how.wait}` }), ...(how.key && { 'idempotency-key': how.key }) },
      ),
  };
}
