import { createHash, randomBytes } from 'node:crypto';
import { once } from 'node:events';
import { createReadStream, createWriteStream, openAsBlob, readFileSync } from 'node:fs';
import { mkdtemp, rm, stat } from 'node:fs/promises';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { inject } from 'vitest';
import { testDatabase } from './database.ts';
import { sandboxAt } from './sandbox.ts';
import { type ServerProcess, startServer } from './server-process.ts';
import { connectedProfile, newTenant } from './tenant.ts';
import { until } from './until.ts';

/** How much larger the process of the gateway was at its largest than before, in MB, while it did this with a file. */
interface LargeFileReport {
  uploaded: number;
  /** From the upload to another phone. */
  sent: number;
  /** Fetched from a web server and sent. */
  sentFromUrl: number;
  /** Fetched from the network to storage. */
  arrived: number;
  /** Read by whoever has its link. */
  served: number;
  /** Places that had other bytes. */
  wrong: number;
}

const patienceMs = 240_000;
const sliceBytes = 1_000_000;

/** Sends a document of so many bytes through a gateway in a process of its own, and receives it with another profile. */
export async function largeDocument(bytes: number): Promise<LargeFileReport> {
  const sandbox = sandboxAt(inject('sandboxUrl'));
  const database = await testDatabase();
  const folder = await mkdtemp(join(tmpdir(), 'mwa-large-'));
  const web = createServer((_, answer) => {
    answer.setHeader('content-type', 'application/octet-stream');
    createReadStream(join(folder, 'web.bin')).pipe(answer);
  }).listen(0, '127.0.0.1');
  let server: ServerProcess | undefined;
  try {
    await once(web, 'listening');
    server = await startServer({
      ...{ DATA_DIR: join(folder, 'data'), DATABASE_URL: database.databaseUrl },
      ...{ SANDBOX: 'external', SANDBOX_PORT: new URL(sandbox.url).port },
    });
    const { api, url: gateway, child } = server;
    const [shop, guest] = [await newTenant(api), await newTenant(api)];
    const from = await connectedProfile(shop, sandbox);
    const to = await connectedProfile(guest, sandbox);
    const address = `http://127.0.0.1:${(web.address() as AddressInfo).port}/large.bin`;

    async function send(source: object): Promise<string> {
      const order = { profileId: from.id, to: to.phone.number, filename: 'large.bin', ...source };
      const { messageId, waMessageId } = await shop.key.post('/messages/document', order);
      await until(
        'it is sent',
        async () => ['sent', 'delivered'].includes((await shop.key.get(`/messages/${messageId}`)).status),
        patienceMs,
      );
      return waMessageId;
    }
    const stored = (waMessageId: string) =>
      until(
        'its file is here',
        async () => {
          const list = await guest.key.get(`/messages/profile/${to.id}?limit=20`);
          const found = list.find((one: { waMessageId: string }) => one.waMessageId === waMessageId);
          return found?.content.media?.state === 'stored' && (found.content.media.url as string);
        },
        patienceMs,
      );

    async function pass(size: number): Promise<LargeFileReport> {
      // What is sent arrives when that is measured.
      await to.disconnect();
      const upload = await randomFile(join(folder, 'upload.bin'), size);
      const page = await randomFile(join(folder, 'web.bin'), size);
      const [uploaded, { data }] = await growth(child.pid, async () => {
        const form = new FormData();
        form.append('file', await openAsBlob(upload.path), 'large.bin');
        const answer = await fetch(`${gateway}/api/v1/uploads/media`, {
          ...{ method: 'POST', body: form, headers: shop.credentials },
        });
        return (await answer.json()) as { data: { id: string } };
      });
      const [sent, first] = await growth(child.pid, () => send({ mediaId: data.id }));
      const [arrived, link] = await growth(child.pid, async () => {
        await to.connect();
        return stored(first);
      });
      const [served, behind] = await growth(child.pid, () => hashBehind(link));
      await to.disconnect();
      const [sentFromUrl, second] = await growth(child.pid, () => send({ url: address }));
      await to.connect();
      const read = [behind, await hashBehind(await stored(second))];
      const hashes = [upload.sha256, page.sha256];
      const shown = [];
      for (const id of [first, second]) shown.push(sha256(await to.phone.file(id)));
      const wrong = [...read, ...shown].filter((hash, n) => hash !== hashes[n % 2]).length;
      return { uploaded, sent, sentFromUrl, arrived, served, wrong };
    }

    // What a process needs for its first file it needs once.
    await pass(Math.ceil(bytes / 20));
    return await pass(bytes);
  } finally {
    await server?.kill();
    web.closeAllConnections();
    web.close();
    await database.drop();
    await rm(folder, { recursive: true, force: true });
  }
}

async function growth<Result>(
  pid: number | undefined,
  deed: () => Promise<Result>,
): Promise<[number, Result]> {
  const rssMb = () => Number(/VmRSS:\s+(\d+)/.exec(readFileSync(`/proc/${pid}/status`, 'utf8'))?.[1]) / 1024;
  const before = rssMb();
  let most = before;
  const watch = setInterval(() => {
    most = Math.max(most, rssMb());
  }, 10);
  try {
    const result = await deed();
    return [Math.round(Math.max(most, rssMb()) - before), result];
  } finally {
    clearInterval(watch);
  }
}

async function randomFile(path: string, bytes: number): Promise<{ path: string; sha256: string }> {
  const hash = createHash('sha256');
  async function* slices() {
    for (let left = bytes; left > 0; left -= sliceBytes) {
      const slice = randomBytes(Math.min(left, sliceBytes));
      hash.update(slice);
      yield slice;
    }
  }
  await pipeline(Readable.from(slices()), createWriteStream(path));
  if ((await stat(path)).size !== bytes) throw new Error('the file is not as long as it should be');
  return { path, sha256: hash.digest('hex') };
}

async function hashBehind(link: string): Promise<string> {
  const { body } = await fetch(link);
  const hash = createHash('sha256');
  for await (const chunk of body ?? []) hash.update(chunk);
  return hash.digest('hex');
}

const sha256 = (bytes: Uint8Array) => createHash('sha256').update(bytes).digest('hex');
