import {
  createDecipheriv,
  createECDH,
  createPublicKey,
  type ECDH,
  hkdfSync,
  randomBytes,
  verify,
} from 'node:crypto';
import { createServer, type IncomingHttpHeaders } from 'node:http';
import type { AddressInfo } from 'node:net';

/** A push as the browser it was for reads it. */
export interface ReceivedPush {
  path: string;
  headers: IncomingHttpHeaders;
  payload: { title: string; body: string; tag?: string; data: Record<string, any>; timestamp: number };
  /** What the token of the sender says. */
  claims: { aud: string; exp: number; sub: string };
}

export interface Browser {
  /** As `PushSubscription.toJSON()` gives it. */
  subscription: { endpoint: string; keys: { p256dh: string; auth: string } };
  received: ReceivedPush[];
}

/**
 * A push service on loopback that trusts nobody: it checks the signature of the sender (RFC 8292) and opens what was
 * encrypted for the browser (RFC 8291, RFC 8188), with code of its own.
 */
export interface PushServiceSink {
  url: string;
  /** A browser whose owner subscribed with this key. */
  browser(applicationServerKey: string): Browser;
  /** What the next pushes to a browser are answered: a status, 201 unless said, and headers. */
  answer: (browser: Browser) => { status: number; headers?: Record<string, string> };
  /** Requests that were not as they must be. */
  complaints: string[];
  close(): Promise<void>;
}

const bytesMax = 4_096;

export async function startPushService(): Promise<PushServiceSink> {
  const browsers = new Map<string, { browser: Browser; key: ECDH; auth: Buffer; senderKey: string }>();
  const complaints: string[] = [];
  const server = createServer((request, response) => {
    const parts: Buffer[] = [];
    request.on('data', (part: Buffer) => parts.push(part));
    request.on('end', () => {
      const found = browsers.get(request.url ?? '');
      if (!found) return response.writeHead(404).end();
      try {
        const body = Buffer.concat(parts);
        if (body.length > bytesMax) throw new Error(`${body.length} bytes are too many`);
        const { headers } = request;
        if (headers['content-encoding'] !== 'aes128gcm') throw new Error('not aes128gcm');
        if (!/^\d+$/.test(String(headers.ttl))) throw new Error('no TTL');
        const claims = claimsOf(headers.authorization ?? '', found.senderKey, sink.url);
        const payload = JSON.parse(opened(body, found.key, found.auth));
        const answer = sink.answer(found.browser);
        if (answer.status === 201)
          found.browser.received.push({ path: request.url ?? '', headers, payload, claims });
        response.writeHead(answer.status, answer.headers).end();
      } catch (error) {
        complaints.push(String(error));
        response.writeHead(400).end(String(error));
      }
    });
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const sink: PushServiceSink = {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    complaints,
    answer: () => ({ status: 201 }),
    browser(senderKey) {
      const key = createECDH('prime256v1');
      const p256dh = key.generateKeys().toString('base64url');
      const auth = randomBytes(16);
      const path = `/send/${randomBytes(16).toString('hex')}`;
      const keys = { p256dh, auth: auth.toString('base64url') };
      const browser: Browser = { subscription: { endpoint: `${sink.url}${path}`, keys }, received: [] };
      browsers.set(path, { browser, key, auth, senderKey });
      return browser;
    },
    async close() {
      server.closeAllConnections();
      await new Promise((resolve) => server.close(resolve));
    },
  };
  return sink;
}

/** The claims of `Authorization: vapid t=…, k=…`, signed with the key that the browser subscribed with. */
function claimsOf(authorization: string, senderKey: string, audience: string): ReceivedPush['claims'] {
  const [, token = '', key = ''] = /^vapid t=([\w.-]+), ?k=([\w-]+)$/.exec(authorization) ?? [];
  if (key !== senderKey) throw new Error('signed with another key than the browser subscribed with');
  const [header = '', body = '', signature = ''] = token.split('.');
  const point = Buffer.from(key, 'base64url');
  const publicKey = createPublicKey({
    format: 'jwk',
    key: {
      ...{ kty: 'EC', crv: 'P-256' },
      x: point.subarray(1, 33).toString('base64url'),
      y: point.subarray(33).toString('base64url'),
    },
  });
  const isRight = verify(
    'sha256',
    Buffer.from(`${header}.${body}`),
    { key: publicKey, dsaEncoding: 'ieee-p1363' },
    Buffer.from(signature, 'base64url'),
  );
  if (!isRight) throw new Error('the signature is wrong');
  const claims = JSON.parse(Buffer.from(body, 'base64url').toString('utf8'));
  const inSeconds = claims.exp - Date.now() / 1_000;
  if (claims.aud !== audience || inSeconds <= 0 || inSeconds > 86_400) throw new Error('wrong claims');
  if (!/^(mailto:|https:)/.test(claims.sub)) throw new Error('nobody to turn to');
  return claims;
}

/** RFC 8291: salt(16) recordSize(4) idLength(1) senderKey(65), then one record. */
function opened(body: Buffer, key: ECDH, auth: Buffer): string {
  const salt = body.subarray(0, 16);
  const idLength = body.readUInt8(20);
  const senderPoint = body.subarray(21, 21 + idLength);
  const record = body.subarray(21 + idLength);
  const secret = key.computeSecret(senderPoint);
  const info = Buffer.concat([Buffer.from('WebPush: info\0'), key.getPublicKey(), senderPoint]);
  const ikm = Buffer.from(hkdfSync('sha256', secret, auth, info, 32));
  const derive = (label: string, bytes: number) =>
    Buffer.from(hkdfSync('sha256', ikm, salt, Buffer.from(`Content-Encoding: ${label}\0`), bytes));
  const decipher = createDecipheriv('aes-128-gcm', derive('aes128gcm', 16), derive('nonce', 12));
  decipher.setAuthTag(record.subarray(-16));
  const plain = Buffer.concat([decipher.update(record.subarray(0, -16)), decipher.final()]);
  const end = plain.lastIndexOf(2);
  if (end < 0) throw new Error('no end of the last record');
  return plain.subarray(0, end).toString('utf8');
}
