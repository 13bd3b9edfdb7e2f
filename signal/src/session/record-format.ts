import type { ChainKey } from '../chain.ts';
import { typedPublicKey } from '../curve/public-key.ts';
import { MalformedError } from '../errors.ts';
import { SkippedKeys } from '../skipped-keys.ts';
import { Reader } from '../wire/reader.ts';
import { Writer } from '../wire/writer.ts';
import { previousMax, receivingChainsMax } from './limits.ts';
import type { PendingPreKey, ReceivingChain, Session } from './session.ts';

/** What a kept record begins with: a letter that no JSON does, and the version of this format. */
const magic = 0x53;
const version = 1;

const flag = { isOurs: 1, isPending: 2, hasPreKey: 4 } as const;

/** Bytes of sessions that were read or written before: of a record, all but one are as they were. */
const written = new WeakMap<Session, Uint8Array>();

/** The sessions of a record as bytes, each a few hundred. */
export function writeRecord(sessions: readonly Session[]): Buffer {
  const writer = new Writer().byte(magic).byte(version).varint(sessions.length);
  for (const session of sessions) {
    const bytes = written.get(session) ?? writeSession(session);
    written.set(session, bytes);
    writer.varint(bytes.length).raw(bytes);
  }
  return writer.finish();
}

/** @throws MalformedError when these are no such bytes */
export function readRecord(kept: Uint8Array): Session[] {
  // A copy of its own: sessions are views of it, and whose memory was lent is not ours to hold.
  const reader = new Reader(new Uint8Array(kept));
  if (reader.byte() !== magic || reader.byte() !== version)
    throw new MalformedError('Unknown session record');
  return Array.from({ length: reader.count(previousMax + 1) }, () => {
    const bytes = reader.take(reader.varint());
    const session = readSession(bytes);
    written.set(session, bytes);
    return session;
  });
}

function writeSession(session: Session): Buffer {
  const { pending, sending, receiving } = session;
  const flags =
    (session.isOurs ? flag.isOurs : 0) |
    (pending ? flag.isPending : 0) |
    (pending?.preKeyId === undefined ? 0 : flag.hasPreKey);
  const writer = new Writer()
    .byte(flags)
    .varint(session.registrationId)
    .raw(raw(session.baseKey))
    .raw(raw(session.remoteIdentity))
    .raw(session.rootKey)
    .raw(raw(session.ratchet.pubKey))
    .raw(session.ratchet.privKey)
    .raw(raw(session.remoteRatchetKey))
    .varint(session.previousCounter);
  if (pending) writer.varint(pending.signedPreKeyId);
  if (pending?.preKeyId !== undefined) writer.varint(pending.preKeyId);
  writeChain(writer, sending);
  writer.varint(receiving.length);
  for (const { ratchetKey, chain, skipped } of receiving) {
    writer.raw(raw(ratchetKey)).byte(chain ? 1 : 0);
    if (chain) writeChain(writer, chain);
    writer.varint(skipped.bytes.length).raw(skipped.bytes);
  }
  return writer.finish();
}

function readSession(bytes: Uint8Array): Session {
  const reader = new Reader(bytes);
  const flags = reader.byte();
  const registrationId = reader.varint();
  const [baseKey, remoteIdentity] = [publicKey(reader), publicKey(reader)];
  const rootKey = reader.take(32);
  const ratchet = { pubKey: publicKey(reader), privKey: reader.take(32) };
  const remoteRatchetKey = publicKey(reader);
  const previousCounter = reader.varint();
  const pending = flags & flag.isPending ? readPending(reader, flags) : undefined;
  const sending = readChain(reader);
  const receiving = Array.from({ length: reader.count(receivingChainsMax) }, () => readReceiving(reader));
  if (!reader.isAtEnd) throw new MalformedError('Malformed session record');
  const isOurs = (flags & flag.isOurs) !== 0;
  return {
    ...{ registrationId, baseKey, isOurs, remoteIdentity, rootKey, ratchet, remoteRatchetKey },
    ...{ previousCounter, sending, receiving, pending },
  };
}

function readPending(reader: Reader, flags: number): PendingPreKey {
  const signedPreKeyId = reader.varint();
  return { signedPreKeyId, preKeyId: flags & flag.hasPreKey ? reader.varint() : undefined };
}

function writeChain(writer: Writer, { next, key }: ChainKey): void {
  writer.varint(next).raw(key);
}

function readChain(reader: Reader): ChainKey {
  return { next: reader.varint(), key: reader.take(32) };
}

function readReceiving(reader: Reader): ReceivingChain {
  const ratchetKey = publicKey(reader);
  const chain = reader.byte() === 1 ? readChain(reader) : undefined;
  return { ratchetKey, chain, skipped: new SkippedKeys(reader.take(reader.varint())) };
}

function raw(typed: Uint8Array): Uint8Array {
  return typed.subarray(1);
}

function publicKey(reader: Reader): Buffer {
  return typedPublicKey(reader.take(32));
}
