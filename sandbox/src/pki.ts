import { proto } from 'baileys';
import { deriveSeed, type Identity, identityFromSeed } from './keys.ts';

/** What a server needs to prove itself in the Noise handshake. */
export interface Pki {
  /** 32 bytes; a strict client must be told this key instead of WhatsApp's own. */
  readonly rootPublicKey: Buffer;
  /** The server's static Noise key. */
  readonly staticKey: Identity;
  /** Encoded CertChain: intermediate signed by the root, leaf signed by the intermediate. */
  readonly chain: Uint8Array;
  /** Signs certificate details with the root key. */
  signAsRoot(details: Uint8Array): Buffer;
}

const INTERMEDIATE_SERIAL = 1;
const LEAF_SERIAL = 2;
/** The serial a client expects of the issuer of the intermediate (WA_CERT_DETAILS.SERIAL). */
const ROOT_SERIAL = 0;
const VALID_FROM = 1_700_000_000;
const VALID_UNTIL = 4_000_000_000;

function certificate(serial: number, issuerSerial: number, key: Buffer, issuer: Identity) {
  const details = proto.CertChain.NoiseCertificate.Details.encode({
    serial,
    issuerSerial,
    key,
    notBefore: VALID_FROM,
    notAfter: VALID_UNTIL,
  }).finish();
  return { details, signature: issuer.sign(details) };
}

/** Builds the certificate chain of this network; the same master seed gives the same root key. */
export function createPki(master: Uint8Array): Pki {
  const root = identityFromSeed(deriveSeed(master, 'pki root'));
  const intermediate = identityFromSeed(deriveSeed(master, 'pki intermediate'));
  const staticKey = identityFromSeed(deriveSeed(master, 'noise static'));
  const chain = proto.CertChain.encode({
    intermediate: certificate(INTERMEDIATE_SERIAL, ROOT_SERIAL, intermediate.public, root),
    leaf: certificate(LEAF_SERIAL, INTERMEDIATE_SERIAL, staticKey.public, intermediate),
  }).finish();
  return { rootPublicKey: root.public, staticKey, chain, signAsRoot: (details) => root.sign(details) };
}
