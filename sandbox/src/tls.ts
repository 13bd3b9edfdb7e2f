import { createHash, generateKeyPairSync, type KeyObject, randomBytes, sign } from 'node:crypto';
import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { bits, context, integer, octets, oid, sequence, set, utcTime, utf8, yes } from './der.ts';

export interface TlsCertificate {
  readonly cert: string;
  readonly key: string;
}

const ECDSA_SHA256 = sequence(oid('1.2.840.10045.4.3.2'));
const COMMON_NAME = '2.5.4.3';
const BASIC_CONSTRAINTS = '2.5.29.19';
const SUBJECT_KEY_ID = '2.5.29.14';
const ALTERNATIVE_NAME = '2.5.29.17';
const DNS_NAME = 2;
const IP_ADDRESS = 7;
const VALID_YEARS = 10;
const LOOPBACK_4 = Buffer.from([127, 0, 0, 1]);
const LOOPBACK_6 = Buffer.concat([Buffer.alloc(15), Buffer.from([1])]);

function pem(label: string, der: Buffer): string {
  const lines = der.toString('base64').match(/.{1,64}/g) ?? [];
  return `-----BEGIN ${label}-----\n${lines.join('\n')}\n-----END ${label}-----\n`;
}

function extension(id: string, value: Buffer, critical = false): Buffer {
  return critical ? sequence(oid(id), yes, octets(value)) : sequence(oid(id), octets(value));
}

function extensions(publicKey: Buffer): Buffer {
  const names = sequence(
    context(DNS_NAME, false, Buffer.from('localhost')),
    context(IP_ADDRESS, false, LOOPBACK_4),
    context(IP_ADDRESS, false, LOOPBACK_6),
  );
  return sequence(
    extension(BASIC_CONSTRAINTS, sequence(yes), true),
    extension(SUBJECT_KEY_ID, octets(createHash('sha1').update(publicKey).digest())),
    extension(ALTERNATIVE_NAME, names),
  );
}

/** A self-signed X.509 certificate for this machine's loopback names. */
function certificate(publicKey: KeyObject, privateKey: KeyObject): Buffer {
  const key = publicKey.export({ format: 'der', type: 'spki' });
  const name = sequence(set(sequence(oid(COMMON_NAME), utf8('sandbox network'))));
  const notBefore = new Date(Date.now() - 86_400_000);
  const notAfter = new Date(notBefore);
  notAfter.setFullYear(notAfter.getFullYear() + VALID_YEARS);
  const body = sequence(
    context(0, true, integer(Buffer.from([2]))),
    integer(randomBytes(16)),
    ECDSA_SHA256,
    name,
    sequence(utcTime(notBefore), utcTime(notAfter)),
    name,
    key,
    context(3, true, extensions(key)),
  );
  return sequence(body, ECDSA_SHA256, bits(sign('sha256', body, privateKey)));
}

/** The certificate for wss and https on this machine, made once and kept in `dataDir`. */
export function tlsCertificate(dataDir: string): TlsCertificate {
  const certFile = join(dataDir, 'tls-certificate.pem');
  const keyFile = join(dataDir, 'tls-key.pem');
  if (existsSync(certFile) && existsSync(keyFile)) {
    return { cert: readFileSync(certFile, 'utf8'), key: readFileSync(keyFile, 'utf8') };
  }
  const { publicKey, privateKey } = generateKeyPairSync('ec', { namedCurve: 'P-256' });
  const cert = pem('CERTIFICATE', certificate(publicKey, privateKey));
  const key = privateKey.export({ format: 'pem', type: 'pkcs8' }).toString();
  writeFileSync(keyFile, key, { mode: 0o600 });
  writeFileSync(certFile, cert);
  return { cert, key };
}
