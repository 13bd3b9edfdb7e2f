import { afterAll, afterEach, beforeAll } from 'vitest';
import type { Client } from './client.ts';
import { TestSandbox } from './kit.ts';
import { until } from './until.ts';

export const pn = (number: string): string => `${number}@s.whatsapp.net`;

interface Finding {
  type: string;
  number: string;
  flags: string;
  text: string;
  messageId: string;
}

/** Where Anna and Ben have a client, Carl a phone only; strict again after each test. */
export function strictStage(prefix: string) {
  const [ANNA, BEN, CARL] = [`${prefix}1`, `${prefix}2`, `${prefix}3`];
  let kit: TestSandbox;
  let anna: Client;
  let ben: Client;

  beforeAll(async () => {
    kit = await TestSandbox.start();
    await kit.post('/api/phones', { number: CARL });
    [anna, ben] = await Promise.all([kit.linked(ANNA), kit.linked(BEN)]);
  });
  afterEach(async () => {
    const open = { requireLid: false, messagesPerMinute: null, minVersion: null };
    await be({ level: 'strict', ...open, deviceGraceSeconds: 15 });
  });
  afterAll(() => kit.close());

  const be = (strictness: object) => kit.ask('PUT', '/api/strictness', strictness);
  const findings = async (): Promise<Finding[]> =>
    (await kit.get<{ entries: Finding[] }>('/api/findings?limit=5000')).body.entries;
  const found = (type: string, messageId?: string): Promise<Finding> =>
    until(`the finding ${type}`, async () =>
      (await findings()).find((each) => each.type === type && (!messageId || each.messageId === messageId)),
    );
  const ackOf = (client: Client, id: string) =>
    until(`the ack of ${id}`, () => client.acks.find((ack) => ack.id === id));

  /** Sends a raw message stanza of Anna's and gives the error of its ack. */
  async function raw(id: string, to: string, content: any[], more: Record<string, string> = {}) {
    await anna.live.sendNode({ tag: 'message', attrs: { id, to, type: 'text', ...more }, content });
    return (await ackOf(anna, id)).error;
  }

  const enc = (attrs: Record<string, string> = {}) => ({
    tag: 'enc',
    attrs: { v: '2', type: 'msg', ...attrs },
    content: Buffer.from('ciphertext'),
  });
  /** The devices that got a message. */
  const deliveredTo = async (id: string): Promise<string[]> =>
    (await kit.ledger(`messageId=${id}&kind=delivered`)).map(({ number, device }) => `${number}:${device}`);
  const forDevices = (jids: string[], inside = enc()) => ({
    tag: 'participants',
    attrs: {},
    content: jids.map((jid) => ({ tag: 'to', attrs: { jid }, content: [inside] })),
  });

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
    be,
    findings,
    found,
    ackOf,
    raw,
    enc,
    deliveredTo,
    forDevices,
  };
}
