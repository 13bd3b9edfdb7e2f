import { rawPublicKey, typedPublicKey } from '../curve/public-key.ts';
import { MalformedError } from '../errors.ts';
import { readFields } from './reader.ts';
import { checkVersion, versionByte } from './version.ts';
import { Writer } from './writer.ts';

const signatureBytes = 64;

/** What a device gives everybody who shall read its messages to a group. */
export interface SenderKeyAnnouncement {
  readonly id: number;
  readonly iteration: number;
  readonly chainKey: Uint8Array;
  /** With its type byte. */
  readonly signingKey: Uint8Array;
}

/** A message to a group, without version and signature. */
export interface SenderKeyMessage {
  readonly id: number;
  readonly iteration: number;
  readonly ciphertext: Uint8Array;
}

export function writeAnnouncement({ id, iteration, chainKey, signingKey }: SenderKeyAnnouncement): Buffer {
  const writer = new Writer().byte(versionByte).number(1, id).number(2, iteration);
  return writer.bytes(3, chainKey).bytes(4, signingKey).finish();
}

export function readAnnouncement(bytes: Uint8Array): SenderKeyAnnouncement {
  checkVersion(bytes, 'SenderKeyDistributionMessage');
  const fields = readFields(bytes.subarray(1));
  const [chainKey, signingKey] = [fields.bytes(3), fields.bytes(4)];
  if (chainKey?.length !== 32 || !signingKey) throw new MalformedError('Malformed sender key');
  return {
    id: fields.number(1) ?? 0,
    iteration: fields.number(2) ?? 0,
    chainKey: Buffer.from(chainKey),
    signingKey: typedPublicKey(rawPublicKey(signingKey)),
  };
}

/** What is signed; the signature follows it. */
export function writeSenderKeyMessage({ id, iteration, ciphertext }: SenderKeyMessage): Buffer {
  return new Writer().byte(versionByte).number(1, id).number(2, iteration).bytes(3, ciphertext).finish();
}

export function readSenderKeyMessage(bytes: Uint8Array): {
  message: SenderKeyMessage;
  signed: Uint8Array;
  signature: Uint8Array;
} {
  checkVersion(bytes, 'SenderKeyMessage');
  if (bytes.length <= 1 + signatureBytes) throw new MalformedError('Malformed message');
  const signed = bytes.subarray(0, -signatureBytes);
  const fields = readFields(signed.subarray(1));
  const ciphertext = fields.bytes(3);
  if (!ciphertext) throw new MalformedError('Malformed message');
  const message = { id: fields.number(1) ?? 0, iteration: fields.number(2) ?? 0, ciphertext };
  return { message, signed, signature: bytes.subarray(-signatureBytes) };
}
