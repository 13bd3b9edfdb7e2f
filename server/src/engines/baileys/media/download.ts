import { Readable } from 'node:stream';
import type { WASocket } from 'baileys';
import { request } from 'undici';
import { EngineGone, FileGone } from '../../port.ts';
import { unsealed } from './cipher.ts';
import type { FileAtNetwork } from './reference.ts';
import type { Trust } from './trust.ts';

/** For the headers, and between two pieces of the body. */
const silenceMsMax = 30_000;
const originOfWeb = 'https://web.whatsapp.com';

/**
 * The bytes of a file, as they come; see {@link unsealed}. Only the network's own host is asked: the address that a message
 * brings along is its sender's, who could name any server.
 * @throws FileGone, FileDamaged, EngineGone
 */
export async function download(socket: WASocket, trust: Trust, file: FileAtNetwork): Promise<Readable> {
  const host = await hostOf(socket);
  const url = new URL(`https://${host}`);
  // Assigned so that no path can lead to another host.
  const [path = '/', query] = split(file.directPath);
  url.pathname = path;
  if (query) url.search = query;
  const answer = await request(url, {
    dispatcher: await trust.dispatcher(),
    headers: { origin: originOfWeb },
    headersTimeout: silenceMsMax,
    bodyTimeout: silenceMsMax,
  }).catch((error: unknown) => {
    throw away(error);
  });
  if (answer.statusCode === 404 || answer.statusCode === 410 || answer.statusCode === 403) {
    await answer.body.dump();
    throw new FileGone('WhatsApp keeps this file no longer.');
  }
  if (answer.statusCode !== 200) {
    await answer.body.dump();
    throw new EngineGone(`WhatsApp's file server answered ${answer.statusCode}.`);
  }
  const keys = {
    mediaKey: Buffer.from(file.mediaKey, 'base64'),
    sha256: file.sha256 ? Buffer.from(file.sha256, 'base64') : undefined,
  };
  return Readable.from(unsealed(broken(answer.body), keys, file.type), { objectMode: false });
}

/** A body whose failures are errors of the port. */
async function* broken(body: AsyncIterable<Uint8Array>): AsyncGenerator<Uint8Array> {
  try {
    yield* body;
  } catch (error) {
    throw away(error);
  }
}

const away = (error: unknown) =>
  new EngineGone(
    `The file could not be fetched: ${error instanceof Error ? error.message : 'unknown reason'}.`,
  );

/** Asked for once for each connection, and again when it has run out. */
async function hostOf(socket: WASocket): Promise<string> {
  const { hosts } = await socket.refreshMediaConn(false).catch((error: unknown) => {
    throw away(error);
  });
  const host = hosts[0]?.hostname;
  if (!host) throw new EngineGone('WhatsApp named no file server.');
  return host;
}

function split(directPath: string): [path: string, query: string | undefined] {
  const at = directPath.indexOf('?');
  return at < 0 ? [directPath, undefined] : [directPath.slice(0, at), directPath.slice(at)];
}
