import { createHash } from 'node:crypto';
import { proto } from 'baileys';
import { afterAll, beforeAll, expect } from 'vitest';
import { seal } from '../src/phone/contents/secrets.ts';
import type { Client } from './client.ts';
import { TestSandbox } from './kit.ts';
import { until } from './until.ts';

export const jid = (number: string): string => `${number}@s.whatsapp.net`;

/** Where Anna and Ben have a client, Carl a phone only; begun and ended with the tests of a file. */
export function writersStage(prefix: string) {
  const [ANNA, BEN, CARL] = [`${prefix}1`, `${prefix}2`, `${prefix}3`];
  let kit: TestSandbox;
  let anna: Client;
  let ben: Client;

  beforeAll(async () => {
    kit = await TestSandbox.start();
    await kit.post('/api/phones', { number: CARL, name: 'Carl' });
    [anna, ben] = await Promise.all([kit.linked(ANNA), kit.linked(BEN)]);
  });
  afterAll(() => kit.close());

  /** A person writes; gives the id. */
  async function write(from: string, body: Record<string, unknown>): Promise<string> {
    const { status, body: answer } = await kit.post<{ id: string }>(`/api/phones/${from}/messages`, body);
    expect({ status, answer }).toMatchObject({ status: 200 });
    return answer.id;
  }

  /** Carl writes to Anna; gives what her client gets. */
  async function carlWrites(body: Record<string, unknown>) {
    const id = await write(CARL, { to: ANNA, ...body });
    return until(`message ${id}`, () => anna.received.find((each) => each.key.id === id));
  }

  const seenBy = async (number: string, id: string): Promise<any> =>
    (await kit.seen(number)).find((each) => each.id === id);

  const lidOf = async (number: string): Promise<string> =>
    `${(await kit.get<{ lid: string }>(`/api/phones/${number}`)).body.lid}@lid`;

  /** The plain content of what Anna's client gets. */
  async function heardByAnna(id: string): Promise<proto.IMessage> {
    const { message } = await until(`message ${id}`, () =>
      anna.received.find((each) => each.key.id === id && each.message),
    );
    return message ?? {};
  }

  /** Anna's client votes for one option of a poll, under the names that the chat uses. */
  async function annaVotes(chat: string, id: string, creator: string, actor: string, option: string) {
    const { messageContextInfo } = await heardByAnna(id);
    const selectedOptions = [createHash('sha256').update(option).digest()];
    const plain = proto.Message.PollVoteMessage.encode({ selectedOptions }).finish();
    const secret = messageContextInfo?.messageSecret ?? new Uint8Array();
    const { payload, iv } = seal('Poll Vote', secret, { id, creator, actor }, plain);
    const pollCreationMessageKey = { remoteJid: chat, fromMe: false, id, participant: creator };
    const vote = { encPayload: payload, encIv: iv };
    await anna.live.relayMessage(chat, { pollUpdateMessage: { pollCreationMessageKey, vote } }, {});
  }

  /** Waits until Carl's phone shows these voters of the first option of a poll. */
  const voters = (id: string, numbers: string[]) =>
    until(`votes for ${id}`, async () => {
      const { content } = await seenBy(CARL, id);
      return JSON.stringify(content.poll.options[0].voters) === JSON.stringify(numbers);
    });

  /** An event of a client that fits. */
  function event<T>(
    client: Client,
    name: string,
    fits: (data: any) => T | undefined,
  ): Promise<NonNullable<T>> {
    return until(name, () => {
      for (const each of client.events) {
        const found = each.name === name ? fits(each.data) : undefined;
        if (found) return found;
      }
      return undefined;
    });
  }

  return {
    numbers: [ANNA, BEN, CARL] as const,
    get kit() {
      return kit;
    },
    get anna() {
      return anna;
    },
    get ben() {
      return ben;
    },
    write,
    carlWrites,
    seenBy,
    lidOf,
    heardByAnna,
    annaVotes,
    voters,
    event,
  };
}
