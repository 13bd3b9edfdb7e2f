import { rawPublicKey } from '../curve/public-key.ts';
import { MalformedError } from '../errors.ts';
import { type Fields, readFields } from './reader.ts';
import { checkVersion, versionByte } from './version.ts';
import { Writer } from './writer.ts';

export const macBytes = 8;

/** One message of a session, without version and MAC. */
export interface WhisperMessage {
  /** The sender's ratchet key. */
  readonly ratchetKey: Uint8Array;
  readonly counter: number;
  /** The last counter of the sender's chain before this one. */
  readonly previousCounter: number;
  readonly ciphertext: Uint8Array;
}

/** A message that opens a session: what the other side needs to make its own end of it, and the first message. */
export interface PreKeyWhisperMessage {
  readonly registrationId: number;
  readonly preKeyId: number | undefined;
  readonly signedPreKeyId: number;
  readonly baseKey: Uint8Array;
  readonly identityKey: Uint8Array;
  readonly message: Uint8Array;
}

/** A whole message: version, body, and room for the MAC that the caller makes of both. */
export function writeWhisperMessage(message: WhisperMessage): Buffer {
  return new Writer()
    .byte(versionByte)
    .bytes(1, message.ratchetKey)
    .number(2, message.counter)
    .number(3, message.previousCounter)
    .bytes(4, message.ciphertext)
    .finish();
}

/** Reads a message with its version and MAC. `signed` is what the MAC is of. */
export function readWhisperMessage(bytes: Uint8Array): {
  message: WhisperMessage;
  signed: Uint8Array;
  mac: Uint8Array;
} {
  checkVersion(bytes, 'WhisperMessage');
  if (bytes.length <= 1 + macBytes) throw new MalformedError('Malformed message');
  const signed = bytes.subarray(0, -macBytes);
  const fields = readFields(signed.subarray(1));
  const message = {
    ratchetKey: publicKeyIn(fields, 1),
    counter: fields.number(2) ?? 0,
    previousCounter: fields.number(3) ?? 0,
    ciphertext: bytesIn(fields, 4),
  };
  return { message, signed, mac: bytes.subarray(-macBytes) };
}

export function writePreKeyWhisperMessage(message: PreKeyWhisperMessage): Buffer {
  return new Writer()
    .byte(versionByte)
    .number(1, message.preKeyId)
    .bytes(2, message.baseKey)
    .bytes(3, message.identityKey)
    .bytes(4, message.message)
    .number(5, message.registrationId)
    .number(6, message.signedPreKeyId)
    .finish();
}

/** Reads a first message with its version byte. */
export function readPreKeyWhisperMessage(bytes: Uint8Array): PreKeyWhisperMessage {
  checkVersion(bytes, 'PreKeyWhisperMessage');
  const fields = readFields(bytes.subarray(1));
  const registrationId = fields.number(5);
  if (registrationId === undefined) throw new MalformedError('No registrationId');
  const signedPreKeyId = fields.number(6);
  if (signedPreKeyId === undefined) throw new MalformedError('Malformed message');
  return {
    registrationId,
    preKeyId: fields.number(1),
    signedPreKeyId,
    baseKey: publicKeyIn(fields, 2),
    identityKey: publicKeyIn(fields, 3),
    message: bytesIn(fields, 4),
  };
}

function bytesIn(fields: Fields, field: number): Uint8Array {
  const bytes = fields.bytes(field);
  if (!bytes) throw new MalformedError('Malformed message');
  return bytes;
}

/** A key as the rest of this library compares it: 33 bytes of its own, type byte first. */
function publicKeyIn(fields: Fields, field: number): Uint8Array {
  const key = bytesIn(fields, field);
  if (key.length !== 33) throw new MalformedError('Invalid public key');
  rawPublicKey(key);
  return Buffer.from(key);
}
