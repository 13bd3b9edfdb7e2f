import { typedPublicKey } from '../curve/public-key.ts';
import { MalformedError } from '../errors.ts';
import { SkippedKeys } from '../skipped-keys.ts';
import { Reader } from '../wire/reader.ts';
import { Writer } from '../wire/writer.ts';
import { type SenderKeyState, type Signing, statesMax } from './sender-key-state.ts';

/** What a kept record begins with: a letter that no JSON does, and the version of this format. */
const magic = 0x47;
const version = 1;
const kinds = [undefined, 'private', 'seed'] as const;

export function writeSenderKeys(states: readonly SenderKeyState[]): Buffer {
  const writer = new Writer().byte(magic).byte(version).varint(states.length);
  for (const { id, since, chain, skipped, signingKey, signing } of states) {
    writer.varint(id).varint(since).varint(chain.next).raw(chain.key).raw(signingKey.subarray(1));
    writer.byte(kinds.indexOf(signing?.kind));
    if (signing) writer.raw(signing.key);
    writer.varint(skipped.bytes.length).raw(skipped.bytes);
  }
  return writer.finish();
}

/** @throws MalformedError when these are no such bytes */
export function readSenderKeys(kept: Uint8Array): SenderKeyState[] {
  const reader = new Reader(new Uint8Array(kept));
  if (reader.byte() !== magic || reader.byte() !== version) {
    throw new MalformedError('Unknown sender key record');
  }
  const states = Array.from({ length: reader.count(statesMax) }, () => readState(reader));
  if (!reader.isAtEnd) throw new MalformedError('Malformed sender key record');
  return states;
}

function readState(reader: Reader): SenderKeyState {
  const [id, since, next] = [reader.varint(), reader.varint(), reader.varint()];
  const chain = { next, key: reader.take(32) };
  const signingKey = typedPublicKey(reader.take(32));
  const signing = readSigning(reader);
  const skipped = new SkippedKeys(reader.take(reader.varint()));
  return { id, since, chain, skipped, signingKey, signing };
}

function readSigning(reader: Reader): Signing | undefined {
  const kind = kinds[reader.byte()];
  return kind && { kind, key: reader.take(32) };
}
