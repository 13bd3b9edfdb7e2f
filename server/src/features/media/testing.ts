import { randomBytes } from 'node:crypto';
import { once } from 'node:events';
import { createServer, type RequestListener } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Readable } from 'node:stream';
import { crc32, deflateSync } from 'node:zlib';
import { sql } from 'kysely';
import sharp from 'sharp';
import { type TestDatabase, testDatabase } from '../../../test/database.ts';
import { turnedClock } from '../../../test/kit/clock.ts';
import { createVault } from '../../platform/crypto.ts';
import { inTransaction } from '../../platform/db/transaction.ts';
import { newId } from '../../platform/ids.ts';
import { silentLog } from '../../platform/log.ts';
import { createOutbound, type Resolve } from '../../platform/outbound/outbound.ts';
import { createS3Storage } from '../../platform/storage/s3.ts';
import type { Storage } from '../../platform/storage/storage.ts';
import { diskStorage } from '../../platform/storage/testing.ts';
import { createMedia, type MediaDeps } from './index.ts';
import { unwanted } from './places/removals.store.ts';

export const streamOf = (bytes: Uint8Array) => Readable.from([bytes]);
export const png = (width = 60, height = 40) =>
  sharp({ create: { width, height, channels: 3, background: '#36a' } })
    .png()
    .toBuffer();
export const pdf = Buffer.from('%PDF-1.4\n1 0 obj\n<<>>\nendobj\ntrailer\n<<>>\n%%EOF\n');
export const text = Buffer.from('flour, sugar, eggs\n');

/** A picture of one colour that is as large as it says, in few bytes. */
export function bomb(width: number, height: number): Buffer {
  const chunk = (type: string, data: Buffer) => {
    const body = Buffer.concat([Buffer.from(type, 'latin1'), data]);
    const [length, sum] = [Buffer.alloc(4), Buffer.alloc(4)];
    length.writeUInt32BE(data.length);
    sum.writeUInt32BE(crc32(body));
    return Buffer.concat([length, body, sum]);
  };
  const head = Buffer.from([0, 0, 0, 0, 0, 0, 0, 0, 1, 0, 0, 0, 0]);
  head.writeUInt32BE(width, 0);
  head.writeUInt32BE(height, 4);
  const rows = deflateSync(Buffer.alloc(height * (1 + Math.ceil(width / 8))));
  const signature = Buffer.from([0x89, 0x50, 0x4e, 0x47, 0x0d, 0x0a, 0x1a, 0x0a]);
  return Buffer.concat([signature, chunk('IHDR', head), chunk('IDAT', rows), chunk('IEND', Buffer.alloc(0))]);
}

/** Names that a name server of the test knows. */
const names: Record<string, string> = { 'files.example': '127.0.0.1', 'inner.example': '10.1.2.3' };
const resolve: Resolve = (hostname, answer) => {
  const address = names[hostname];
  if (address) answer(null, [{ address, family: 4 }]);
  else answer(Object.assign(new Error('no such name'), { code: 'ENOTFOUND' }), []);
};

/** The feature alone on a database and a storage of its own, and organisations that have nothing yet. */
export async function openMediaKit(
  config: Partial<MediaDeps['config']> = {},
  more: { download?: MediaDeps['download']; storage?: (own: Storage) => Storage } = {},
) {
  const house: TestDatabase = await testDatabase();
  const files = await diskStorage();
  const clock = turnedClock(new Date());
  const { db } = house.database;
  const outbound = createOutbound({ allow: ['127.0.0.1/32'], closedPorts: () => [], resolve });
  const jobs: { name: string; payload: unknown }[] = [];
  const servers: { close(): unknown; closeAllConnections(): void }[] = [];
  const storage = more.storage?.(files.storage) ?? files.storage;
  const media = createMedia({
    db,
    clock,
    outbound,
    storage,
    log: silentLog,
    jobs: { enqueue: async (_tx, { name }, payload) => void jobs.push({ name, payload }) },
    bucket: (settings) => createS3Storage(settings, files.arriving, { agents: outbound.agents() }),
    vault: createVault(randomBytes(32)),
    address: () => 'https://bakery.example',
    download: more.download,
    workFolder: join(tmpdir(), `mwa-converting-${process.pid}`),
    config: {
      ffmpeg: 'ffmpeg',
      mediaBytesMax: 1_000_000,
      mediaBase64BytesMax: 500_000,
      mediaQuotaBytes: 0,
      mediaLinkSeconds: 3_600,
      mediaUnusedSeconds: 3_600,
      bodyBytesMax: 1_000_000,
      ...config,
    },
  });
  async function run({ name = '', payload = {} }: { name?: string; payload?: unknown } = {}): Promise<void> {
    const job = media.feature.jobs?.find(({ definition }) => definition.name === name);
    await job?.deed(payload as never, new AbortController().signal);
  }
  return {
    media,
    jobs,
    db,
    clock,
    files,
    storage,
    async organization(): Promise<string> {
      const id = newId();
      const now = clock.now();
      const row = { id, name: 'Bakery', slug: id, plan: 'free', created_at: now, updated_at: now };
      await db.insertInto('organizations').values(row).execute();
      return id;
    },
    /** A web server on loopback; answers its address. */
    async serve(listener: RequestListener): Promise<string> {
      const server = createServer(listener);
      servers.push(server);
      server.listen(0, '127.0.0.1');
      await once(server, 'listening');
      return `http://files.example:${(server.address() as AddressInfo).port}`;
    },
    refer: (organizationId: string, mediaId: string, id = newId(), profileId: string | null = null) =>
      inTransaction(db, (tx) => media.refer(tx, organizationId, mediaId, { kind: 'message', id, profileId })),
    release: (ids: string[]) => inTransaction(db, (tx) => media.release(tx, 'message', ids)),
    run,
    cleanUp: () => run({ name: 'media.clean-up' }),
    /** Bytes that wait for their removal though somebody may have them. */
    unwanted: (organization_id: string, sha256: string, place: string | null) =>
      inTransaction(db, (tx) => unwanted(tx, { organization_id, sha256 }, [place])),
    removals: () => db.selectFrom('media_removals').selectAll().execute(),
    /** All that wait are begun now, by a process that is gone. */
    removalsBegin: () => db.updateTable('media_removals').set({ begun_at: clock.now() }).execute(),
    /** How many transactions of others are open. */
    async openTransactions(): Promise<number> {
      const { rows } = await sql`select from pg_stat_activity where datname = current_database()
        and pid <> pg_backend_pid() and xact_start is not null`.execute(db);
      return rows.length;
    },
    /** Does the jobs that wait, until none does. */
    async work(): Promise<void> {
      for (let job = jobs.shift(); job; job = jobs.shift()) await run(job);
    },
    rows: () => db.selectFrom('media').selectAll().orderBy('id').execute(),
    async close(): Promise<void> {
      for (const server of servers) {
        server.closeAllConnections();
        server.close();
      }
      await outbound.close();
      await house.drop();
      await files.close();
    },
  };
}
export type MediaKit = Awaited<ReturnType<typeof openMediaKit>>;
