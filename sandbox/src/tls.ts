import 'reflect-metadata';
import { randomBytes, webcrypto, X509Certificate } from 'node:crypto';
import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { isIP } from 'node:net';
import { join } from 'node:path';
import {
  BasicConstraintsExtension,
  SubjectAlternativeNameExtension,
  SubjectKeyIdentifierExtension,
  X509CertificateGenerator,
} from '@peculiar/x509';

export interface TlsCertificate {
  readonly cert: string;
  readonly key: string;
}

const algorithm = { name: 'ECDSA', namedCurve: 'P-256', hash: 'SHA-256' };
const YEARS_VALID = 10;
const DAY_MS = 86_400_000;
const THIS_MACHINE = ['localhost', '127.0.0.1', '::1'];

/**
 * The certificate for wss and https on this machine, and under `hostNames`; self-signed, kept in `dataDir`, made again
 * only when it lacks one of the names.
 */
export async function tlsCertificate(dataDir: string, hostNames: string[] = []): Promise<TlsCertificate> {
  const certFile = join(dataDir, 'tls-certificate.pem');
  const keyFile = join(dataDir, 'tls-key.pem');
  if (existsSync(certFile) && existsSync(keyFile)) {
    const kept = { cert: readFileSync(certFile, 'utf8'), key: readFileSync(keyFile, 'utf8') };
    if (hostNames.every((name) => covers(kept.cert, name))) return kept;
  }
  const keys = await webcrypto.subtle.generateKey(algorithm, true, ['sign', 'verify']);
  const notBefore = new Date(Date.now() - DAY_MS);
  const notAfter = new Date(notBefore);
  notAfter.setFullYear(notAfter.getFullYear() + YEARS_VALID);
  const certificate = await X509CertificateGenerator.createSelfSigned({
    // A name of its own: who trusts several networks would not find the right certificate by a shared one.
    name: `CN=sandbox network ${randomBytes(4).toString('hex')}`,
    notBefore,
    notAfter,
    signingAlgorithm: algorithm,
    keys,
    extensions: [
      new BasicConstraintsExtension(true, undefined, true),
      new SubjectAlternativeNameExtension(
        [...THIS_MACHINE, ...hostNames].map((value) => ({ type: isIP(value) ? 'ip' : 'dns', value })),
      ),
      await SubjectKeyIdentifierExtension.create(keys.publicKey),
    ],
  });
  const der = Buffer.from(await webcrypto.subtle.exportKey('pkcs8', keys.privateKey)).toString('base64');
  const key = `-----BEGIN PRIVATE KEY-----\n${der.match(/.{1,64}/g)?.join('\n')}\n-----END PRIVATE KEY-----\n`;
  const cert = `${certificate.toString('pem')}\n`;
  writeFileSync(keyFile, key, { mode: 0o600 });
  writeFileSync(certFile, cert);
  return { cert, key };
}

function covers(cert: string, name: string): boolean {
  const certificate = new X509Certificate(cert);
  return (isIP(name) ? certificate.checkIP(name) : certificate.checkHost(name)) !== undefined;
}
