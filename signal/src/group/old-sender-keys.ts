import { rawPublicKey, typedPublicKey } from '../curve/public-key.ts';
import { MalformedError } from '../errors.ts';
import { SkippedKeys } from '../skipped-keys.ts';
import { type SenderKeyState, statesMax } from './sender-key-state.ts';

/** Bytes as JSON holds them: a Buffer's own form, or the same in base64. */
type OldBytes = { type: 'Buffer'; data: number[] | string };

interface OldState {
  senderKeyId: number;
  senderChainKey: { iteration: number; seed: OldBytes };
  senderSigningKey: { public: OldBytes; private?: OldBytes };
  senderMessageKeys?: { iteration: number; seed: OldBytes }[];
}

/** Reads the record that Baileys keeps: the newest key is the last; of several with one number the first is in use. */
export function readOldSenderKeys(kept: Uint8Array): SenderKeyState[] {
  try {
    const old = JSON.parse(Buffer.from(kept).toString()) as OldState[];
    const isFirst = ({ senderKeyId: id }: OldState, n: number) =>
      old.findIndex(({ senderKeyId }) => senderKeyId === id) === n;
    return old.filter(isFirst).map(readState).reverse().slice(0, statesMax);
  } catch {
    throw new MalformedError('Malformed sender key record');
  }
}

function readState({ senderKeyId, senderChainKey, ...old }: OldState): SenderKeyState {
  const privateKey = bytes(old.senderSigningKey.private);
  const isOwn = privateKey.length > 0;
  return {
    id: senderKeyId,
    since: 0,
    chain: { next: senderChainKey.iteration, key: secret(bytes(senderChainKey.seed)) },
    // Baileys skips every other of its own messages, and keeps their keys; nobody will ever read them.
    skipped: isOwn ? SkippedKeys.none : skipped(old.senderMessageKeys ?? []),
    signingKey: typedPublicKey(rawPublicKey(bytes(old.senderSigningKey.public))),
    signing: isOwn ? { kind: 'private', key: secret(privateKey) } : undefined,
  };
}

function skipped(keys: NonNullable<OldState['senderMessageKeys']>): SkippedKeys {
  const seeds = keys.map(({ iteration, seed }) => ({ counter: iteration, seed: secret(bytes(seed)) }));
  return SkippedKeys.none.with(seeds.sort((a, b) => a.counter - b.counter));
}

function bytes(old: OldBytes | undefined): Buffer {
  if (!old) return Buffer.alloc(0);
  return typeof old.data === 'string' ? Buffer.from(old.data, 'base64') : Buffer.from(old.data);
}

function secret(key: Buffer): Buffer {
  if (key.length !== 32) throw new MalformedError('Malformed sender key record');
  return key;
}
