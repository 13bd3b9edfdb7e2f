import { createCipheriv, createHash, randomBytes } from 'node:crypto';
import { Agent } from 'node:https';
import { getCACertificates, setDefaultCACertificates } from 'node:tls';
import { downloadMediaMessage, type UserFacingSocketConfig } from 'baileys';
import type { Client } from './client.ts';
import type { TestSandbox } from './kit.ts';
import { until } from './until.ts';

type Message = Client['received'][number];

/** One stored file as `GET /api/media` tells of it. */
export interface MediaLine {
  id: string;
  kind: string;
  size: number;
  sha256: string;
  uploader: string;
  directPath: string;
  url: string;
  status: number;
}

/** Trusts this sandbox for downloads (the client fetches without an agent), and gives what uploads need. */
export async function trust(kit: TestSandbox): Promise<Partial<UserFacingSocketConfig>> {
  const { tlsCertificate: ca } = (await kit.get<{ tlsCertificate: string }>('/api/health')).body;
  setDefaultCACertificates([...getCACertificates('default'), ca]);
  return { fetchAgent: new Agent({ ca, keepAlive: false }) };
}

/** Everything stored, oldest first. */
export async function stored(kit: TestSandbox): Promise<MediaLine[]> {
  return (await kit.get<{ media: MediaLine[] }>('/api/media?limit=1000')).body.media;
}

/** Waits for the message with this id at a client. */
export function got(client: Client, id: string | null | undefined): Promise<Message> {
  return until(`message ${id}`, () => client.received.find(({ key, message }) => key.id === id && message));
}

/** The plain file of a message, by the client's own download. */
export function download(message: Message): Promise<Buffer> {
  return downloadMediaMessage(message, 'buffer', {}) as Promise<Buffer>;
}

/** The same bytes for the same seed; made at once, as a pause of seconds would end idle connections. */
export function noise(bytes: number, seed: number): Buffer {
  const key = createHash('sha256').update(String(seed)).digest();
  return createCipheriv('aes-256-ctr', key, Buffer.alloc(16)).update(Buffer.alloc(bytes));
}

/** Uploads raw bytes as a client would, over plain HTTP; `hash` is that of the bytes unless given. */
export async function upload(
  kit: TestSandbox,
  auth: string,
  bytes: Buffer = randomBytes(64),
  hash = createHash('sha256').update(bytes).digest('base64url'),
): Promise<{ status: number; body: { url: string; direct_path: string; error?: { code: string } } }> {
  const query = new URLSearchParams({ auth, token: hash });
  const response = await fetch(`${kit.url}/mms/document/${hash}?${query}`, {
    method: 'POST',
    body: new Uint8Array(bytes),
    headers: { 'content-type': 'application/octet-stream' },
  });
  return { status: response.status, body: (await response.json()) as never };
}
