import { ECDH } from 'node:crypto';
import { isLocalhost, literalAddress } from '../../../platform/outbound/targets.ts';

const publicKeyBytes = 65;
const authBytes = 16;

/** Everything that is wrong with what a browser gave, but for where its endpoint leads. */
export function subscriptionProblems(endpoint: string, p256dh: string, auth: string) {
  return [
    ...(isAddress(endpoint)
      ? []
      : [{ path: '/endpoint', problem: 'must be a complete address that begins with https://' }]),
    ...(isPublicKey(p256dh)
      ? []
      : [{ path: '/keys/p256dh', problem: 'must be a point of P-256: 65 bytes in base64url' }]),
    ...(decoded(auth)?.length === authBytes
      ? []
      : [{ path: '/keys/auth', problem: 'must be 16 bytes in base64url' }]),
  ];
}

/** Without TLS on this machine only, where a push service may be tried out. */
function isAddress(endpoint: string): boolean {
  if (!URL.canParse(endpoint)) return false;
  const url = new URL(endpoint);
  const isHere = isLocalhost(url) || /^(127\.|::1$)/.test(literalAddress(url) ?? '');
  return url.protocol === 'https:' || (url.protocol === 'http:' && isHere);
}

function isPublicKey(text: string): boolean {
  const bytes = decoded(text);
  if (bytes?.length !== publicKeyBytes || bytes[0] !== 4) return false;
  try {
    ECDH.convertKey(bytes, 'prime256v1');
    return true;
  } catch {
    return false;
  }
}

function decoded(text: string): Buffer | undefined {
  return /^[\w-]+={0,2}$/.test(text) ? Buffer.from(text, 'base64url') : undefined;
}
