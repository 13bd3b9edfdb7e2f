import { randomBytes } from 'node:crypto';
import { proto } from 'baileys';
import type { Pki } from '../pki.ts';
import { ALWAYS, type FaultKind } from './kind.ts';

type Chain = proto.ICertChain;

interface WrongCertificate extends FaultKind {
  readonly stage: 'hello';
  readonly spoil: (chain: Chain, pki: Pki) => Chain;
}

const SIGNATURE_BYTES = 64;

function wrong(what: string, spoil: WrongCertificate['spoil']): WrongCertificate {
  return { stage: 'hello', times: ALWAYS, what, spoil };
}

/** Both certificates with another signature each. */
function resigned({ leaf, intermediate }: Chain, change: (signature: Buffer) => Buffer): Chain {
  const signature = (each: typeof leaf): Buffer => change(Buffer.from(each?.signature ?? []));
  return {
    leaf: { ...leaf, signature: signature(leaf) },
    intermediate: { ...intermediate, signature: signature(intermediate) },
  };
}

/** An intermediate that the root did sign, but that names another issuer. */
function withOtherIssuer(chain: Chain, pki: Pki): Chain {
  const { Details } = proto.CertChain.NoiseCertificate;
  const known = Details.decode(chain.intermediate?.details ?? Buffer.alloc(0));
  const details = Details.encode({ ...known, issuerSerial: (known.issuerSerial ?? 0) + 7 }).finish();
  return { ...chain, intermediate: { details, signature: pki.signAsRoot(details) } };
}

/** Proofs of the server that are wrong on purpose, by name. */
export const WRONG_CERTIFICATES = {
  'certificate-without-leaf': wrong(
    'Greets with a certificate chain that has no leaf.',
    ({ intermediate }) => ({
      intermediate: intermediate ?? null,
    }),
  ),
  'certificate-without-intermediate': wrong(
    'Greets with a certificate chain that has no intermediate.',
    ({ leaf }) => ({ leaf: leaf ?? null }),
  ),
  'certificate-short-signature': wrong('Greets with signatures of 63 bytes.', (chain) =>
    resigned(chain, (signature) => signature.subarray(0, SIGNATURE_BYTES - 1)),
  ),
  'certificate-garbage-signature': wrong('Greets with signatures that nobody made.', (chain) =>
    resigned(chain, () => randomBytes(SIGNATURE_BYTES)),
  ),
  'certificate-wrong-issuer': wrong(
    'Greets with an intermediate certificate of another issuer.',
    withOtherIssuer,
  ),
} as const satisfies Record<string, WrongCertificate>;

/** The server's proof as a fault wants it. */
export function spoiledPki(name: string, pki: Pki): Pki {
  if (!Object.hasOwn(WRONG_CERTIFICATES, name)) return pki;
  const { spoil } = WRONG_CERTIFICATES[name as keyof typeof WRONG_CERTIFICATES];
  const chain = proto.CertChain.encode(spoil(proto.CertChain.decode(pki.chain), pki)).finish();
  return { ...pki, chain };
}
