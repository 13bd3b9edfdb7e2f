import { createHmac } from 'node:crypto';

const base64 = /^(?:[A-Za-z0-9+/]{4})*(?:[A-Za-z0-9+/]{2}==|[A-Za-z0-9+/]{3}=)?$/;
const standardPrefix = 'whsec_';

/** The form that Standard Webhooks libraries take: `whsec_` and the key bytes in base64. */
export function standardSecret(secret: string): string {
  if (secret.startsWith(standardPrefix)) return secret;
  return standardPrefix + Buffer.from(secret, 'utf8').toString('base64');
}

/** `X-MultiWA-Signature`: HMAC-SHA256 of the body, keyed with the secret's own characters (UTF-8). */
export function bodySignature(secret: string, body: string): string {
  return `sha256=${createHmac('sha256', secret).update(body).digest('hex')}`;
}

/**
 * `webhook-signature` of Standard Webhooks 1.0: HMAC-SHA256 over `id.timestamp.body`, one signature for each
 * secret that is valid now. A secret without `whsec_` is signed under both readings libraries have of it, the
 * UTF-8 bytes and, where it is base64 (64 hex digits are), the bytes that stand for; either verifies.
 */
export function standardSignatures(
  secrets: readonly string[],
  id: string,
  timestampSeconds: number,
  body: string,
): string {
  return secrets
    .flatMap(keysOf)
    .map((key) => createHmac('sha256', key).update(`${id}.${timestampSeconds}.${body}`).digest('base64'))
    .map((signature) => `v1,${signature}`)
    .join(' ');
}

function keysOf(secret: string): Buffer[] {
  if (secret.startsWith(standardPrefix)) {
    return [Buffer.from(secret.slice(standardPrefix.length), 'base64')];
  }
  const bytes = Buffer.from(secret, 'utf8');
  return base64.test(secret) ? [bytes, Buffer.from(secret, 'base64')] : [bytes];
}
