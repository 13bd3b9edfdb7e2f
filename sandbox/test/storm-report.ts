import type { Client } from './client.ts';
import type { LedgerLine, TestSandbox } from './kit.ts';
import { number, type Shot } from './storm-shots.ts';
import { until } from './until.ts';

export interface StormReport {
  sent: number;
  direct: number;
  byLid: number;
  toGroup: number;
  /** Copies that should arrive: one for each socket and each phone a message is for, its sender's own phone included. */
  copies: number;
  lost: string[];
  doubled: string[];
  /**
   * Copies that arrived and could not be read for good, since a client's own sessions were crossed: it refused them,
   * each with what it said, or a phone asked for them more often than a client sends again.
   */
  givenUp: string[];
  seconds: number;
  /**
   * Wishes to have a message again, and why the clients could not read it at first. `byPlaceholder` counts what a
   * phone gave its own companion because the sender took more than seconds; the client tells of those besides.
   * `halfRead` counts group messages whose text was read and whose key was not: the client asks for these, too.
   */
  retries: {
    asked: number;
    byPhones: number;
    messages: number;
    resent: number;
    byPlaceholder: number;
    halfRead: number;
    reasons: Record<string, number>;
  };
}

/** So often does a client send a message again to one device. */
const RESENT_MAX = 2;
/** A phone that got nothing new for so long gets nothing more. */
const PHONE_QUIET_MS = 30_000;

interface Watched {
  readonly patienceMs: number;
  readonly startedAt: number;
}

/** Waits until everything has arrived, or nothing does any more, and says what became of it. */
export async function report(
  kit: TestSandbox,
  clients: Client[],
  shots: Shot[],
  { patienceMs, startedAt }: Watched,
): Promise<StormReport> {
  const expected = clients.map((_, index) => shots.filter((shot) => shot.hearers.includes(index)).length);
  const heard = (client: Client): number => new Set(client.texts()).size;
  await until(
    'everything',
    () => clients.every((client, index) => heard(client) >= expected[index]!),
    patienceMs,
  ).catch(() => undefined);
  const seconds = (Date.now() - startedAt) / 1000;
  const lost: string[] = [];
  const doubled: string[] = [];
  const givenUp: string[] = [];
  const seen = new Map<Client, Map<string, number>>();
  for (const [index, client] of clients.entries()) {
    await client.caughtUp();
    const concerned = shots.filter((shot) => shot.from === index || shot.hearers.includes(index));
    seen.set(client, await onPhone(kit, number(index), concerned));
  }
  const nacks = await nacksOf(kit);
  const retries = await ledgerLines(kit, 'retry');
  const resent = await ledgerLines(kit, 'resend');
  const asks = tally(retries.filter(({ device }) => device === 0).map(nameOf));
  const check = (who: string, texts: Map<string, number> | undefined, shot: Shot, why: string[]): void => {
    const times = texts?.get(shot.text) ?? 0;
    if (times === 0 && why.length === 0) lost.push(`${shot.text} for ${who}`);
    if (times === 0 && why.length > 0) givenUp.push(`${shot.text} for ${who}: ${why.join('; ')}`);
    if (times > 1) doubled.push(`${shot.text} for ${who}`);
  };
  for (const [index, client] of clients.entries()) {
    const texts = textsOf(client);
    for (const shot of shots) {
      const isHeard = shot.hearers.includes(index);
      if (!isHeard && shot.from !== index) continue;
      const name = `${number(index)} ${idOf(clients[shot.from]!, shot)}`;
      if (isHeard) check(`socket ${index}`, texts, shot, nacks.get(name) ?? []);
      const asked = asks.get(name) ?? 0;
      const why = asked > RESENT_MAX ? [`asked ${asked} times`] : [];
      check(`phone ${index}`, seen.get(client), shot, why);
    }
  }

  const isPn = (shot: Shot): boolean => shot.to.endsWith('@s.whatsapp.net');
  return {
    sent: shots.length,
    direct: shots.filter(isPn).length,
    byLid: shots.filter((shot) => shot.to.endsWith('@lid')).length,
    toGroup: shots.filter((shot) => shot.to.endsWith('@g.us')).length,
    copies: shots.reduce((sum, shot) => sum + shot.hearers.length * 2 + 1, 0),
    ...{ lost, doubled, givenUp, seconds },
    retries: {
      asked: retries.length,
      byPhones: retries.filter((line) => line.device === 0).length,
      messages: new Set(retries.map((line) => line.messageId)).size,
      resent: resent.length,
      halfRead: clients.reduce((sum, client) => sum + halfReadOf(client).length, 0),
      byPlaceholder: clients.reduce((sum, client) => sum + client.resentByPhone.length, 0),
      reasons: Object.fromEntries(tally(clients.flatMap(undecryptable))),
    },
  };
}

/** What a client heard, and how often; what it asked for itself although it came does not count twice. */
function textsOf(client: Client): Map<string, number> {
  const texts = tally(client.texts());
  // From its phone, and from the sender although it had the text.
  for (const id of [...client.resentByPhone, ...halfReadOf(client).map((heard) => heard.id)]) {
    const text = client.heardTexts.find((heard) => heard.id === id)?.text ?? '';
    const times = texts.get(text) ?? 0;
    if (times > 1) texts.set(text, times - 1);
  }
  return texts;
}

function halfReadOf(client: Client): Client['heardTexts'] {
  return client.heardTexts.filter((heard) => heard.halfRead);
}

/** The id a message went out under; nothing while its sending is not over. */
function idOf(sender: Client, { text }: Shot): string {
  for (const [id, { conversation, extendedTextMessage }] of sender.sent) {
    if ((conversation ?? extendedTextMessage?.text) === text) return id;
  }
  return '';
}

/** What clients told the network about copies they refused, by number and message id. */
async function nacksOf(kit: TestSandbox): Promise<Map<string, string[]>> {
  const found = new Map<string, string[]>();
  for (const line of await ledgerLines(kit, 'nack')) {
    found.set(nameOf(line), [...(found.get(nameOf(line)) ?? []), line.text]);
  }
  return found;
}

function nameOf({ number, messageId }: LedgerLine): string {
  return `${number} ${messageId}`;
}

/** What a client said about each message that it could not read. */
function undecryptable(client: Client): string[] {
  return client.lines.flatMap(({ msg, error }) =>
    msg === 'failed to decrypt message' ? [error ?? 'unknown'] : [],
  );
}

function tally(texts: string[]): Map<string, number> {
  const times = new Map<string, number>();
  for (const text of texts) times.set(text, (times.get(text) ?? 0) + 1);
  return times;
}

/** How often a person sees each text; waits while the phone still gets some, since it, too, asks for what it can't read. */
async function onPhone(kit: TestSandbox, of: string, expected: Shot[]): Promise<Map<string, number>> {
  const texts: string[] = [];
  let after = 0;
  let changedAt = Date.now();
  const look = async (): Promise<boolean> => {
    const path = `/api/phones/${of}/messages?after=${after}&limit=5000`;
    const { body } = await kit.get<{ seq: number; text: string }[]>(path);
    texts.push(...body.map((message) => message.text));
    after = body.at(-1)?.seq ?? after;
    if (body.length > 0) changedAt = Date.now();
    if (body.length > 0) return false;
    const seen = new Set(texts);
    return expected.every(({ text }) => seen.has(text)) || Date.now() > changedAt + PHONE_QUIET_MS;
  };
  await until(`everything on the phone of ${of}`, look, Number.POSITIVE_INFINITY);
  return tally(texts);
}

async function ledgerLines(kit: TestSandbox, kind: string): Promise<LedgerLine[]> {
  const lines: LedgerLine[] = [];
  let after = 0;
  for (;;) {
    const { body } = await kit.get<{ entries: LedgerLine[]; cursor: number }>(
      `/api/ledger?kind=${kind}&limit=5000&after=${after}`,
    );
    if (body.entries.length === 0) return lines;
    lines.push(...body.entries);
    after = body.cursor;
  }
}
