import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { inject } from 'vitest';
import { testDatabase } from './database.ts';
import { nthKind } from './mixed-kinds.ts';
import { sandboxAt } from './sandbox.ts';
import { startServer } from './server-process.ts';
import { connectedProfile, newCustomers, newNumber, newTenant } from './tenant.ts';
import { until } from './until.ts';

/** What the gateway says of messages beside what the network knows of them. */
interface StatusReport {
  messages: number;
  sent: number;
  delivered: number;
  read: number;
  failed: number;
  failedWithoutReason: number;
  /** Messages whose status is another than the network's ledger and the phones have. */
  otherThanOnPhones: number;
}

type Row = { wa_message_id: string; status: string; failure_code: string | null };

/** Sends kinds in turn to people who read, who only receive, who are away, and who are not on WhatsApp. */
export async function statusesOfMixed(messages: number): Promise<StatusReport> {
  const sandbox = sandboxAt(inject('sandboxUrl'));
  const database = await testDatabase();
  const dataDir = await mkdtemp(join(tmpdir(), 'mwa-statuses-'));
  const server = await startServer({
    ...{ DATA_DIR: dataDir, DATABASE_URL: database.databaseUrl },
    ...{ SANDBOX: 'external', SANDBOX_PORT: new URL(sandbox.url).port },
  });
  try {
    const tenant = await newTenant(server.api);
    const profile = await connectedProfile(tenant, sandbox);
    const own = profile.phone.number;
    const people = await newCustomers(sandbox, 9);
    const readers = people.slice(0, 3);
    const away = people.slice(6);
    for (const phone of away) await phone.online(false);
    const numbers = [...people.map(({ number }) => number), newNumber()];
    const classOf = new Map(numbers.map((number) => [number, 'delivered']));
    for (const { number } of readers) classOf.set(number, 'read');
    for (const { number } of away) classOf.set(number, 'sent');
    classOf.set(numbers.at(-1) ?? '', 'failed');

    const wanted = new Map<string, string>();
    for (let n = 0; n < messages; n++) {
      const to = numbers[Math.floor(n / 7) % numbers.length] ?? '';
      const { path, fields } = await nthKind(n, `words ${n}`);
      const { waMessageId } = await tenant.key.post(`/messages/${path}`, {
        ...{ profileId: profile.id, to },
        ...fields,
      });
      wanted.set(waMessageId, classOf.get(to) ?? '');
    }
    const rows = async (): Promise<Row[]> =>
      database.database.db
        .selectFrom('messages')
        .select(['wa_message_id', 'status', 'failure_code'])
        .where('direction', '=', 'outgoing')
        .execute();
    const undecided = async () => (await rows()).filter(({ status }) => /queued|sending/.test(status)).length;
    await until('every message is decided', async () => (await undecided()) === 0, 300_000);
    for (const phone of readers) await phone.read(own);
    const differing = async () =>
      (await rows()).filter(({ wa_message_id, status }) => status !== wanted.get(wa_message_id));
    await until('the receipts have come', async () => (await differing()).length === 0, 120_000).catch(
      () => undefined,
    );

    const onWire = new Set<string>();
    for (let after = 0; ; ) {
      const page = await sandbox.ledger({ number: own, kind: 'message', after });
      for (const { messageId } of page) onWire.add(messageId);
      const last = page.at(-1);
      if (!last) break;
      after = last.seq;
    }
    const stored = await rows();
    const isOtherwise = ({ wa_message_id, status }: Row) =>
      status !== wanted.get(wa_message_id) || onWire.has(wa_message_id) === (status === 'failed');
    const count = (status: string) => stored.filter((row) => row.status === status).length;
    return {
      messages: stored.length,
      ...{ sent: count('sent'), delivered: count('delivered'), read: count('read'), failed: count('failed') },
      failedWithoutReason: stored.filter((row) => row.status === 'failed' && !row.failure_code).length,
      otherThanOnPhones: stored.filter(isOtherwise).length,
    };
  } finally {
    await server.stop();
    await database.drop();
    await rm(dataDir, { recursive: true, force: true });
  }
}
