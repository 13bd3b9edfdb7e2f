import { client } from '../../session/index.ts';
import type {
  Fault,
  FaultKind,
  FaultOrder,
  FindingKind,
  LedgerLine,
  PhoneMessage,
  SandboxGroup,
  SandboxMessage,
  SandboxPhone,
} from './network.types.ts';

interface Asked {
  path?: Record<string, string>;
  query?: Record<string, unknown>;
  body?: object;
}
type Method = 'get' | 'post' | 'put' | 'delete';

/** The sandbox's own API, which the server passes on to whoever may connect profiles. */
function ask<Answer>(method: Method, place: string, { body, ...asked }: Asked = {}): Promise<Answer> {
  const options = {
    ...asked,
    url: `/sandbox/api${place}`,
    responseStyle: 'data' as const,
    throwOnError: true as const,
    ...(body && { body, headers: { 'content-type': 'application/json' } }),
  };
  return client[method]<{ 200: Answer }, unknown, true, 'data'>(options) as Promise<Answer>;
}

const phone = '/phones/{number}';

/** People with phones, what they do on them, and what happens to what they say. */
export const network = {
  phones: () => ask<SandboxPhone[]>('get', '/phones'),
  addPhone: (number: string, name?: string) =>
    ask<SandboxPhone>('post', '/phones', { body: { number, ...(name && { name }) } }),
  changePhone: (number: string, body: { online?: boolean; name?: string }) =>
    ask<SandboxPhone>('put', phone, { path: { number }, body }),
  scan: (number: string, qr: string) => ask('post', `${phone}/scan`, { path: { number }, body: { qr } }),
  enterCode: (number: string, code: string) =>
    ask('post', `${phone}/enter-code`, { path: { number }, body: { code } }),
  unlink: (number: string, device: number) =>
    ask('delete', `${phone}/devices/{device}`, { path: { number, device: String(device) } }),
  reinstall: (number: string) => ask('post', `${phone}/reinstall`, { path: { number }, body: {} }),
  write: (number: string, body: PhoneMessage) =>
    ask<{ id: string }>('post', `${phone}/messages`, { path: { number }, body }),
  read: (number: string, chat: string) => ask('post', `${phone}/read`, { path: { number }, body: { chat } }),
  type: (number: string, to: string) =>
    ask('post', `${phone}/presence`, { path: { number }, body: { state: 'composing', to } }),
  groups: () => ask<SandboxGroup[]>('get', '/groups'),
  faultKinds: () => ask<FaultKind[]>('get', '/faults/catalogue'),
  faults: () => ask<Fault[]>('get', '/faults'),
  addFault: (body: FaultOrder) => ask<Fault>('post', '/faults', { body }),
  endFault: (id: string) => ask('delete', '/faults/{id}', { path: { id } }),
  endFaults: () => ask('delete', '/faults'),
  /** The last lines that match, oldest first. */
  ledger: (query: { number?: string; messageId?: string; kind?: string; limit: number }) =>
    ask<{ entries: LedgerLine[] }>('get', '/ledger', { query: { ...query, newest: true } }),
  findings: (limit: number) =>
    ask<{ entries: LedgerLine[] }>('get', '/findings', { query: { limit, newest: true } }),
  findingKinds: () => ask<FindingKind[]>('get', '/findings/catalogue'),
};

/** What a phone shows, as long as `signal` lasts: all of it first, then what changes. The server ends it once a minute. */
export async function watchScreen(
  number: string,
  { signal, hear }: { signal: AbortSignal; hear: (seen: ScreenEvent) => void },
): Promise<void> {
  const { stream } = await client.sse.get({
    url: '/sandbox/api/phones/{number}/screen',
    path: { number },
    signal,
    sseMaxRetryAttempts: 1,
    onSseEvent: ({ event, data }) => {
      if (event === 'phone') hear({ is: 'phone', phone: data as SandboxPhone });
      if (event === 'message') hear({ is: 'message', message: data as SandboxMessage });
    },
  });
  for await (const _ of stream) if (signal.aborted) return;
}

export type ScreenEvent = { is: 'phone'; phone: SandboxPhone } | { is: 'message'; message: SandboxMessage };
