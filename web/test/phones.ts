import { randomInt } from 'node:crypto';
import { getProfileQr, postProfileConnect, postProfiles } from '@multiwa/sdk';
import { type Person, sandboxUrl } from './house.ts';

/** Somebody with a phone on the sandbox network. */
export interface Phone {
  number: string;
  /** Writes anything that a phone can write, as `POST /api/phones/:number/messages` takes it; answers its id. */
  writes(to: string, message: { type: string } & Record<string, unknown>): Promise<string>;
  messages(): Promise<
    {
      id: string;
      type: string;
      text: string;
      fromMe: boolean;
      content: { target?: string; reactions?: unknown[] };
    }[]
  >;
  /** Opens a chat: who wrote there learns of it. */
  reads(chat: string): Promise<void>;
}

async function ask<Answer>(method: string, path: string, body?: object): Promise<Answer> {
  const answer = await fetch(sandboxUrl() + path, {
    method,
    ...(body && { body: JSON.stringify(body), headers: { 'content-type': 'application/json' } }),
  });
  if (!answer.ok) throw new Error(`${method} ${path}: ${answer.status} ${await answer.text()}`);
  return (await answer.json()) as Answer;
}

/** A phone with a number that nobody else of this run has. */
export async function phoneOf(name: string): Promise<Phone> {
  const number = `62811${randomInt(1e8, 1e9)}`;
  await ask('POST', '/api/phones', { number, name });
  const path = `/api/phones/${number}`;
  return {
    number,
    writes: async (to, message) =>
      (await ask<{ id: string }>('POST', `${path}/messages`, { to, ...message })).id,
    messages: () => ask('GET', `${path}/messages`),
    reads: async (chat) => void (await ask('POST', `${path}/read`, { chat })),
  };
}

/** A profile of this person that a phone of the sandbox is linked to, perhaps one with a past. */
export async function connectedProfile(
  { api: client }: Person,
  name = 'Shop',
  past?: { chats: number; messages: number; seed: number },
): Promise<{ id: string; phone: Phone }> {
  const phone = await phoneOf(name);
  if (past) await ask('POST', `/api/phones/${phone.number}/history`, past);
  const { id } = await postProfiles({ client, body: { name, engine: 'sandbox' } });
  await postProfileConnect({ client, path: { id } });
  const { text } = (await getProfileQr({ client, path: { id } })) as { text: string };
  await ask('POST', `/api/phones/${phone.number}/scan`, { qr: text });
  return { id, phone };
}

/** Puts a fault in force for one number; answers how to end it. */
export async function faultOf(number: string, fault: { name: string } & Record<string, unknown>) {
  const { id } = await ask<{ id: string }>('POST', '/api/faults', { ...fault, number });
  return async (): Promise<void> => void (await ask('DELETE', `/api/faults/${id}`));
}
