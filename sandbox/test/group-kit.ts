import type { Client } from './client.ts';
import { TestSandbox } from './kit.ts';
import { until } from './until.ts';

/** Who is in the groups of a test: three with a client, two with a phone only. */
export interface Company {
  kit: TestSandbox;
  anna: Client;
  ben: Client;
  carl: Client;
}

/** Five numbers that begin alike: Anna's, Ben's, Carl's, Dora's and Emil's. */
export function fiveNumbers(prefix: string): [string, string, string, string, string] {
  return [`${prefix}1`, `${prefix}2`, `${prefix}3`, `${prefix}4`, `${prefix}5`];
}

/** Starts a network in which the five of {@link fiveNumbers} are. */
export async function gather(numbers: readonly string[]): Promise<Company> {
  const [first = '', second = '', third = '', dora, emil] = numbers;
  const kit = await TestSandbox.start();
  await kit.post('/api/phones', { number: dora, name: 'Dora' });
  await kit.post('/api/phones', { number: emil, name: 'Emil' });
  const [anna, ben, carl] = await Promise.all([kit.linked(first), kit.linked(second), kit.linked(third)]);
  return { kit, anna, ben, carl };
}

export const pn = (number: string): string => `${number}@s.whatsapp.net`;

/** A group that `maker` makes and the given clients know of. */
export async function makeGroup(
  maker: Client,
  subject: string,
  numbers: string[],
  clients: Client[],
): Promise<string> {
  const { id } = await maker.live.groupCreate(subject, numbers.map(pn));
  await Promise.all([maker, ...clients].map((client) => hearsOf(client, id)));
  return id;
}

export const hearsOf = (client: Client, id: string) =>
  until(`${client.id} in ${id}`, () => groupEvents(client, 'groups.upsert').some((group) => group.id === id));

export function groupEvents(client: Client, name: string): any[] {
  return client.events.filter((event) => event.name === name).flatMap((event) => event.data as any);
}

export function changes(client: Client, id: string, action: string): string[][] {
  return groupEvents(client, 'group-participants.update')
    .filter((event) => event.id === id && event.action === action)
    .map((event) =>
      event.participants.map((each: { phoneNumber?: string; id: string }) => each.phoneNumber ?? each.id),
    );
}

export const hearsOfRequest = (client: Client, request: object) =>
  until(JSON.stringify(request), () =>
    groupEvents(client, 'group.join-request').some((each) =>
      Object.entries(request).every(([key, value]) => each[key] === value),
    ),
  );

export const lidOf = (client: Client): string => client.creds.me?.lid?.replace(/:\d+@/, '@') ?? '';

/** Receipts of a message; those that came while the client held its events back are on the message itself. */
export function receiptsOf(client: Client, id: string): any[] {
  const told = groupEvents(client, 'message-receipt.update').filter((each) => each.key.id === id);
  const merged = client.received
    .filter((message) => message.key.id === id)
    .flatMap((message) => message.userReceipt ?? []);
  return [...told.map((each) => each.receipt), ...merged];
}
