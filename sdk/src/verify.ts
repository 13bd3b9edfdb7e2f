/** How far the clock of a delivery may be from ours, unless said. */
const toleranceSecondsDefault = 300;

/** Why a request is no delivery of ours. */
export class WebhookNotVerified extends Error {
  override readonly name = 'WebhookNotVerified';
}

/**
 * Checks that a request is a delivery of the webhook with this secret, and a fresh one; answers what it says. `body` is the text
 * as it came: parsed and written again it would be another one.
 * @throws WebhookNotVerified
 */
export async function verifyWebhook(given: {
  secret: string;
  headers: Headers | Record<string, string | string[] | undefined>;
  body: string;
  /** How old it may be; 300 unless said. */
  toleranceSeconds?: number;
  now?: Date;
}): Promise<unknown> {
  const { secret, headers, body, toleranceSeconds = toleranceSecondsDefault, now = new Date() } = given;
  const read = (name: string) => {
    const value = headers instanceof Headers ? headers.get(name) : headers[name];
    return typeof value === 'string' ? value : '';
  };
  const [id, time, signatures] = [read('webhook-id'), read('webhook-timestamp'), read('webhook-signature')];
  const awaySeconds = Math.abs(Number(time) - now.getTime() / 1000);
  if (!id || !/^\d+$/.test(time) || !signatures) throw new WebhookNotVerified('The signature is missing.');
  if (awaySeconds > toleranceSeconds)
    throw new WebhookNotVerified('The delivery is too old, or its clock wrong.');
  const text = new TextEncoder().encode(`${id}.${time}.${body}`);
  const key = await crypto.subtle.importKey('raw', keyOf(secret), { name: 'HMAC', hash: 'SHA-256' }, false, [
    'verify',
  ]);
  for (const one of signatures.split(' ')) {
    const bytes = one.startsWith('v1,') ? bytesOf(one.slice(3)) : undefined;
    if (bytes && (await crypto.subtle.verify('HMAC', key, bytes, text))) return JSON.parse(body) as unknown;
  }
  throw new WebhookNotVerified('The signature is not the one of this secret.');
}

function keyOf(secret: string): Uint8Array<ArrayBuffer> {
  if (!secret.startsWith('whsec_')) return new TextEncoder().encode(secret);
  const bytes = bytesOf(secret.slice('whsec_'.length));
  if (!bytes) throw new WebhookNotVerified('The secret is not what it was when it was shown.');
  return bytes;
}

function bytesOf(base64: string): Uint8Array<ArrayBuffer> | undefined {
  try {
    return Uint8Array.from(atob(base64), (letter) => letter.charCodeAt(0));
  } catch {
    return undefined;
  }
}
