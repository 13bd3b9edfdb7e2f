import { queryOptions } from '@tanstack/react-query';
import { client } from '../../session/index.ts';

const host = 'http://receiver.sandbox.internal/';

/** What a receiver in the sandbox has got; it is asked through the server, which passes it on. */
export interface Receiver {
  name: string;
  hasSecret: boolean;
  answer: number;
  count: number;
  received: {
    id: number;
    at: string;
    headers: Record<string, string>;
    body: string;
    signature: 'right' | 'wrong' | 'absent' | 'unknown';
    answered: number;
  }[];
}

/** The address of a receiver that nobody has yet. */
export const newReceiver = (): string =>
  `${host}try-${crypto.getRandomValues(new Uint32Array(1))[0]?.toString(36)}`;

/** The name of the receiver that an address leads to. */
export const receiverOf = (url: string): string | undefined =>
  url.startsWith(host) ? url.slice(host.length) : undefined;

const place = (name: string) => `/sandbox/api/receivers/${encodeURIComponent(name)}`;

export const receiverQuery = (name: string) =>
  queryOptions({
    queryKey: ['webhooks', 'receivers', name],
    queryFn: () => changeReceiver(name, {}),
  });

/** Makes a receiver or changes it; answers what it has got. */
export async function changeReceiver(
  name: string,
  body: { secret?: string; answer?: number },
): Promise<Receiver> {
  const { data } = await client.put<Receiver, unknown, true>({
    url: place(name),
    body,
    headers: { 'content-type': 'application/json' },
  });
  return data;
}
