import { mkdtemp, rm } from 'node:fs/promises';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { inject } from 'vitest';
import { NoAnswer } from './client.ts';
import { testDatabase } from './database.ts';
import { openSink } from './kit/sink.ts';
import { nthKind, wordsOf } from './mixed-kinds.ts';
import { type Sandbox, type SandboxPhone, sandboxAt } from './sandbox.ts';
import { seeded } from './seeded.ts';
import { type ServerProcess, startServer } from './server-process.ts';
import { connectedProfile, newNumber, newTenant } from './tenant.ts';
import { until } from './until.ts';

export interface CrashOptions {
  kills: number;
  /** Seeds the moments of the kills. */
  seed: number;
  customers: number;
  /** Programs send kinds in turn instead of texts. */
  isMixed?: boolean;
}

/** What the ledger, the phones, the API and the webhook receiver say after the kills. */
export interface CrashReport {
  kills: number;
  accepted: number;
  lost: number;
  underTwoIds: number;
  shownTwice: number;
  /** People dialled by another form of their number, and how many of them are not one conversation afterwards. */
  dialledOtherwise: number;
  conversationsSplit: number;
  wireRepeats: number;
  /** Messages that somebody, the gateway or a customer, could not read and asked for again. */
  askedAgain: number;
  inboundSent: number;
  inboundLost: number;
  inboundDoubled: number;
  eventsLost: number;
  eventsDelivered: number;
  eventsRepeated: number;
  slowestReadyMs: number;
  slowestSendingAgainMs: number;
}

async function freePort(): Promise<number> {
  const server = createServer();
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const { port } = server.address() as { port: number };
  await new Promise((resolve) => server.close(resolve));
  return port;
}

/**
 * Kills the server again and again, at random instants, while programs send through it and customers write to
 * it; then counts from outside what was lost or doubled.
 */
export async function crashUnderTraffic(options: CrashOptions): Promise<CrashReport> {
  const random = seeded(options.seed);
  const sandbox = sandboxAt(inject('sandboxUrl'));
  const [database, sink] = await Promise.all([testDatabase(), openSink()]);
  const dataDir = await mkdtemp(join(tmpdir(), 'mwa-crash-'));
  const env = {
    PORT: String(await freePort()),
    DATA_DIR: dataDir,
    DATABASE_URL: database.databaseUrl,
    SANDBOX: 'external',
    SANDBOX_PORT: new URL(sandbox.url).port,
    WEBHOOK_RETRY_SCHEDULE: '1,1,1,2,2,2,5,5',
  };
  let server: ServerProcess | undefined = await startServer(env);
  try {
    const tenant = await newTenant(server.api);
    const profile = await connectedProfile(tenant, sandbox);
    await tenant.key.post('/webhooks', { url: sink.url, events: ['message.*'] });
    const customers = Array.from({ length: options.customers }, () => sandbox.phone(newNumber()));
    for (const customer of customers) await customer.named('Customer');

    let running = true;
    const accepted = new Map<string, { messageId: string; waMessageId: string }>();
    const inbound: string[] = [];
    /** A program that got no answer asks again with the same key, as the documentation tells it to. */
    async function sendUntilAccepted(to: string, text: string, n = 0): Promise<void> {
      const { path, fields } = await nthKind(options.isMixed ? n : 0, text);
      const body = { profileId: profile.id, to, ...fields };
      while (!accepted.has(text)) {
        try {
          const key = { 'idempotency-key': `crash-${text.replace(' ', '-')}` };
          accepted.set(text, await tenant.key.post(`/messages/${path}`, body, key));
        } catch (error) {
          if (!running && !isAway(error)) throw error;
          await pause(20);
        }
      }
    }
    const programs = customers.map(async (customer, index) => {
      for (let n = 0; running; n++) {
        await sendUntilAccepted(customer.number, `out ${index}-${n}`, n);
        await pause(30);
      }
    });
    const brazilians: SandboxPhone[] = [];
    // Of this run alone: others on the same network have numbers and texts like these.
    const firstBrazilian = 20_000_000 + Number(profile.phone.number.slice(-4)) * 1_000;
    const campaign = async () => {
      for (let n = 0; running; n++) {
        const registered = `5511${firstBrazilian + n}`;
        const phone = sandbox.phone(registered);
        await phone.named('Maria');
        brazilians.push(phone);
        await sendUntilAccepted(`55119${registered.slice(4)}`, `oi ${n}`);
        await sendUntilAccepted(registered, `tchau ${n}`);
        await pause(100);
      }
    };
    const people = customers.map(async (customer, index) => {
      for (let n = 0; running; n++) {
        const text = `in ${index}-${n}`;
        await customer.sends(profile.phone.number, text);
        inbound.push(text);
        await pause(150);
      }
    });

    const writing = campaign();
    let slowestReadyMs = 0;
    let slowestSendingAgainMs = 0;
    for (let kill = 0; kill < options.kills; kill++) {
      await pause(150 + random() * 900);
      await server.kill();
      const sentBefore = await firstSeen(sandbox, profile.phone.number);
      server = await startServer(env);
      slowestReadyMs = Math.max(slowestReadyMs, server.readyMs);
      const upMs = performance.now();
      await until(
        'sending again after a kill',
        async () => (await firstSeen(sandbox, profile.phone.number)) > sentBefore,
        20_000,
      );
      slowestSendingAgainMs = Math.max(slowestSendingAgainMs, performance.now() - upMs);
    }
    running = false;
    await Promise.all([...programs, ...people, writing]);

    const incoming = async () => {
      const texts: string[] = [];
      let before = '';
      for (;;) {
        const page = await tenant.key.get(
          `/messages/profile/${profile.id}?direction=incoming&limit=200${before && `&before=${before}`}`,
        );
        texts.push(...page.map((message: { content: { text: string } }) => message.content.text));
        if (page.length < 200) return texts;
        before = page.at(-1).id;
      }
    };
    const undecided = async () => {
      const open = await database.database.db
        .selectFrom('messages')
        .select('id')
        .where('status', 'in', ['queued', 'sending'])
        .execute();
      return open.length;
    };
    await ends('messages that are not decided', undecided);
    await ends(
      'inbound messages that are not stored',
      async () => inbound.length - new Set(await incoming()).size,
    );
    await ends('events that are not delivered', async () => {
      const open = await database.database.db
        .selectFrom('webhook_deliveries')
        .select('id')
        .where('status', '=', 'pending')
        .execute();
      const behind = await database.database.db
        .selectFrom('events')
        .select('id')
        .where('name', 'like', 'message.%')
        .where('id', 'not in', (eb) => eb.selectFrom('webhook_deliveries').select('event_id'))
        .execute();
      return open.length + behind.length;
    });

    const shown = (
      await Promise.all([...customers, ...brazilians].map((customer) => customer.messages()))
    ).flat();
    const shownTexts = count(shown.filter((message) => !message.fromMe).map(wordsOf));
    const { number } = profile.phone;
    const onWire = await sandbox.ledger({ number, kind: 'message' });
    const repeats = await sandbox.ledger({ number, kind: 'wire-repeat' });
    const asked = await Promise.all(
      [profile.phone, ...customers, ...brazilians].map((phone) =>
        sandbox.ledger({ number: phone.number, kind: 'retry' }),
      ),
    );
    const idsOnWire = new Set(onWire.map((entry) => entry.messageId));
    const idsOfText = new Map<string, Set<string>>();
    for (const message of shown) {
      if (!message.fromMe)
        idsOfText.set(wordsOf(message), (idsOfText.get(wordsOf(message)) ?? new Set()).add(message.id));
    }
    const chats = await database.database.db.selectFrom('conversations').select('chat').execute();
    const conversations = count(chats.map(({ chat }) => chat.replace('@c.us', '').slice(-8)));
    const incomingTexts = count(await incoming());
    const eventIds = await database.database.db
      .selectFrom('events')
      .select('id')
      .where('name', 'like', 'message.%')
      .execute();
    const delivered = count(sink.caught.filter((one) => one.answered === 200).map((one) => one.body.id));
    return {
      kills: options.kills,
      accepted: accepted.size,
      lost: [...accepted].filter(
        ([text, { waMessageId }]) => !shownTexts.has(text) || !idsOnWire.has(waMessageId),
      ).length,
      underTwoIds: [...idsOfText.values()].filter((ids) => ids.size > 1).length,
      shownTwice: [...shownTexts.values()].filter((times) => times > 1).length,
      dialledOtherwise: brazilians.length,
      conversationsSplit: brazilians.filter(({ number }) => conversations.get(number.slice(-8)) !== 1).length,
      wireRepeats: repeats.length,
      askedAgain: asked.flat().length,
      inboundSent: inbound.length,
      inboundLost: inbound.filter((text) => !incomingTexts.has(text)).length,
      inboundDoubled: [...incomingTexts.values()].filter((times) => times > 1).length,
      eventsLost: eventIds.filter(({ id }) => !delivered.has(id)).length,
      eventsDelivered: delivered.size,
      eventsRepeated: [...delivered.values()].reduce((sum, times) => sum + times - 1, 0),
      slowestReadyMs: Math.round(slowestReadyMs),
      slowestSendingAgainMs: Math.round(slowestSendingAgainMs),
    };
  } finally {
    await server?.stop();
    await sink.close();
    await database.drop();
    await rm(dataDir, { recursive: true, force: true });
  }
}

const pause = (ms: number) => new Promise((resolve) => setTimeout(resolve, ms));

function isAway(error: unknown): boolean {
  return error instanceof NoAnswer || /answered (409|503)/.test(String(error));
}

function count(values: string[]): Map<string, number> {
  const counted = new Map<string, number>();
  for (const value of values) counted.set(value, (counted.get(value) ?? 0) + 1);
  return counted;
}

const stuckMs = 60_000;

/** Waits until nothing of it is left, however slow the machine is; fails when there is no progress for a minute. */
async function ends(what: string, count: () => Promise<number>): Promise<void> {
  let least = Number.POSITIVE_INFINITY;
  for (let sinceMs = performance.now(); ; await pause(100)) {
    const left = await count();
    if (left <= 0) return;
    if (left < least) sinceMs = performance.now();
    least = Math.min(least, left);
    if (performance.now() - sinceMs > stuckMs)
      throw new Error(`For a minute ${left} ${what} have stayed so.`);
  }
}

/** How many messages of the profile the network has accepted so far. */
async function firstSeen(sandbox: Sandbox, number: string): Promise<number> {
  return (await sandbox.ledger({ number, kind: 'message' })).length;
}
