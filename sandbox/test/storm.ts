import { type Client, TestSandbox, until } from './kit.ts';

export interface StormOrder {
  readonly messages: number;
  readonly sockets: number;
  readonly seed: number;
  /** Milliseconds to wait at most until everything has arrived. */
  readonly patienceMs: number;
}

export interface StormReport {
  sent: number;
  direct: number;
  byLid: number;
  toGroup: number;
  /** Copies that should arrive: one for each socket and each phone a message is for, its sender's own phone included. */
  copies: number;
  lost: string[];
  doubled: string[];
  /** Copies that reached a client which then refused them for good, each with what it said: its own sessions were crossed. */
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

interface Shot {
  readonly from: number;
  readonly to: string;
  readonly text: string;
  /** Sockets that are to hear it. */
  readonly hearers: number[];
}

const AT_ONCE = 4;

/** A small generator with a seed, 0 to 1. */
function chances(seed: number): () => number {
  let state = seed;
  return () => {
    state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0;
    return state / 4_294_967_296;
  };
}

const number = (index: number): string => `62866600${String(index).padStart(4, '0')}`;

/** Many sockets that write to each other at once: by number, by LID, and in groups of both addressing modes. */
export async function storm(order: StormOrder): Promise<StormReport> {
  const kit = await TestSandbox.start();
  try {
    const everyone = Array.from({ length: order.sockets }, (_, index) => index);
    const clients: Client[] = [];
    for (const index of everyone) clients.push(await kit.linked(number(index)));
    const groups = [await madeGroup(kit, order.sockets, 'lid'), await madeGroup(kit, order.sockets, 'pn')];
    await Promise.all(
      clients.map((client) =>
        until(
          'both groups',
          () => client.events.filter((event) => event.name === 'groups.upsert').length >= 2,
        ),
      ),
    );
    const chance = chances(order.seed);
    const shots = Array.from({ length: order.messages }, (_, index) => aim(index, chance, clients, groups));
    const startedAt = Date.now();
    await Promise.all(
      everyone.map((index) =>
        fire(
          clients[index]!,
          shots.filter((shot) => shot.from === index),
        ),
      ),
    );
    return await count(kit, clients, shots, order, startedAt);
  } finally {
    await kit.close();
  }
}

async function madeGroup(kit: TestSandbox, sockets: number, addressingMode: string): Promise<string> {
  const members = Array.from({ length: sockets - 1 }, (_, index) => number(index + 1));
  const made = await kit.post<{ jid: string }>('/api/groups', {
    by: number(0),
    subject: addressingMode,
    members,
    addressingMode,
  });
  return made.body.jid;
}

function aim(index: number, chance: () => number, clients: Client[], groups: string[]): Shot {
  const pick = (count: number): number => Math.floor(chance() * count);
  const from = pick(clients.length);
  const other = (from + 1 + pick(clients.length - 1)) % clients.length;
  const kind = chance();
  const text = `storm ${index}`;
  if (kind < 0.25) {
    const hearers = clients.map((_, each) => each).filter((each) => each !== from);
    return { from, to: groups[pick(groups.length)]!, text, hearers };
  }
  const lid = clients[other]!.creds.me?.lid?.replace(/:\d+@/, '@') ?? '';
  return { from, to: kind < 0.55 ? lid : `${number(other)}@s.whatsapp.net`, text, hearers: [other] };
}

async function fire(client: Client, shots: Shot[]): Promise<void> {
  const waiting = [...shots];
  const work = async (): Promise<void> => {
    for (let shot = waiting.shift(); shot; shot = waiting.shift()) await client.say(shot.to, shot.text);
  };
  await Promise.all(Array.from({ length: AT_ONCE }, work));
}

async function count(
  kit: TestSandbox,
  clients: Client[],
  shots: Shot[],
  order: StormOrder,
  startedAt: number,
): Promise<StormReport> {
  const expected = clients.map((_, index) => shots.filter((shot) => shot.hearers.includes(index)).length);
  const heard = (client: Client): number => new Set(client.texts()).size;
  await until(
    'everything',
    () => clients.every((client, index) => heard(client) >= expected[index]!),
    order.patienceMs,
  ).catch(() => undefined);
  const seconds = (Date.now() - startedAt) / 1000;
  const lost: string[] = [];
  const doubled: string[] = [];
  const givenUp: string[] = [];
  const nacks = await nacksOf(kit);
  let halfReadCopies = 0;
  const check = (who: string, texts: Map<string, number>, shot: Shot, refusals: string[] = []): void => {
    const times = texts.get(shot.text) ?? 0;
    if (times === 0 && refusals.length === 0) lost.push(`${shot.text} for ${who}`);
    if (times === 0 && refusals.length > 0) givenUp.push(`${shot.text} for ${who}: ${refusals.join('; ')}`);
    if (times > 1) doubled.push(`${shot.text} for ${who}`);
  };
  for (const [index, client] of clients.entries()) {
    const texts = tally(client.texts());
    const halfRead = client.heardTexts.filter((heard) => heard.halfRead);
    halfReadCopies += halfRead.length;
    // What the client asked for itself: from its phone, and from the sender although it had the text.
    for (const id of [...client.resentByPhone, ...halfRead.map((heard) => heard.id)]) {
      const text = client.heardTexts.find((heard) => heard.id === id)?.text ?? '';
      const times = texts.get(text) ?? 0;
      if (times > 1) texts.set(text, times - 1);
    }
    for (const shot of shots) {
      if (!shot.hearers.includes(index)) continue;
      const isMissing = !texts.has(shot.text);
      const refusals = isMissing ? nacks.get(`${number(index)} ${idOf(clients[shot.from]!, shot)}`) : [];
      check(`socket ${index}`, texts, shot, refusals);
    }
    await client.caughtUp();
    const concerned = shots.filter((shot) => shot.from === index || shot.hearers.includes(index));
    const shown = await onPhone(kit, number(index), concerned, order.patienceMs);
    for (const shot of concerned) check(`phone ${index}`, shown, shot);
  }

  const retries = await ledgerLines(kit, 'retry');
  const resent = await ledgerLines(kit, 'resend');
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
      halfRead: halfReadCopies,
      byPlaceholder: clients.reduce((sum, client) => sum + client.resentByPhone.length, 0),
      reasons: Object.fromEntries(tally(clients.flatMap(undecryptable))),
    },
  };
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
  for (const { number, messageId, text } of await ledgerLines(kit, 'nack')) {
    const key = `${number} ${messageId}`;
    found.set(key, [...(found.get(key) ?? []), text]);
  }
  return found;
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

/** How often a person sees each text; waits as long as for clients, since a phone, too, asks for what it can't read. */
async function onPhone(
  kit: TestSandbox,
  of: string,
  expected: Shot[],
  patienceMs: number,
): Promise<Map<string, number>> {
  const texts: string[] = [];
  let after = 0;
  const look = async (): Promise<boolean> => {
    const path = `/api/phones/${of}/messages?after=${after}&limit=5000`;
    const { body } = await kit.get<{ seq: number; text: string }[]>(path);
    texts.push(...body.map((message) => message.text));
    after = body.at(-1)?.seq ?? after;
    const seen = new Set(texts);
    return body.length === 0 && expected.every(({ text }) => seen.has(text));
  };
  await until(`everything on the phone of ${of}`, look, patienceMs).catch(() => undefined);
  return tally(texts);
}

async function ledgerLines(kit: TestSandbox, kind: string) {
  const lines: { number: string; messageId: string; device: number; text: string }[] = [];
  let after = 0;
  for (;;) {
    const { body } = await kit.get<{ entries: typeof lines; cursor: number }>(
      `/api/ledger?kind=${kind}&limit=5000&after=${after}`,
    );
    if (body.entries.length === 0) return lines;
    lines.push(...body.entries);
    after = body.cursor;
  }
}
