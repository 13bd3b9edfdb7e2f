import { type AnyMessageContent, generateWAMessageFromContent, type proto } from 'baileys';
import { afterAll, beforeAll } from 'vitest';
import type { Client } from './client.ts';
import { TestSandbox } from './kit.ts';
import { until } from './until.ts';

export const jid = (number: string): string => `${number}@s.whatsapp.net`;

/** Anna with a client, Carl and Ben with a phone only: what Anna sends is looked at on Carl's phone. */
export function contentsStage(prefix: string) {
  const [ANNA, CARL, BEN] = [`${prefix}1`, `${prefix}2`, `${prefix}3`] as const;
  let kit: TestSandbox;
  let anna: Client;

  beforeAll(async () => {
    kit = await TestSandbox.start();
    await kit.post('/api/phones', { number: CARL, name: 'Carl' });
    await kit.post('/api/phones', { number: BEN, name: 'Ben' });
    anna = await kit.linked(ANNA);
  });
  afterAll(() => kit.close());

  /** What somebody's phone shows of a message now; undefined while it doesn't. */
  const seenBy = async (number: string, id: string): Promise<any> =>
    (await kit.seen(number)).find((each) => each.id === id);

  /** What Carl's phone shows of a message. */
  const shown = (id: string | null | undefined): Promise<any> =>
    until(`message ${id} on the phone`, () => seenBy(CARL, id ?? ''));

  /** Anna's client sends it, Carl looks at it. */
  async function seen(content: AnyMessageContent): Promise<any> {
    return shown((await anna.send(CARL, content)).id);
  }

  /** Anna's client sends a message made by hand. */
  async function relayed(message: proto.IMessage): Promise<any> {
    const whole = generateWAMessageFromContent(jid(CARL), message, { userJid: anna.id });
    const messageId = whole.key.id ?? '';
    return shown(await anna.live.relayMessage(jid(CARL), whole.message ?? {}, { messageId }));
  }

  return {
    numbers: [ANNA, CARL, BEN] as const,
    get kit() {
      return kit;
    },
    get anna() {
      return anna;
    },
    ...{ seenBy, shown, seen, relayed },
  };
}
