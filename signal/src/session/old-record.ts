import type { ChainKey } from '../chain.ts';
import { rawPublicKey, typedPublicKey } from '../curve/public-key.ts';
import { MalformedError } from '../errors.ts';
import { SkippedKeys } from '../skipped-keys.ts';
import { previousMax, receivingChainsMax } from './limits.ts';
import type { ReceivingChain, Session } from './session.ts';

/** A session as the libsignal of JavaScript keeps it: keys are texts in base64, chains are named by ratchet key. */
interface OldSession {
  registrationId?: number;
  currentRatchet: {
    ephemeralKeyPair: { pubKey: string; privKey: string };
    lastRemoteEphemeralKey: string;
    previousCounter: number;
    rootKey: string;
  };
  indexInfo: {
    baseKey: string;
    baseKeyType: number;
    closed: number;
    used: number;
    remoteIdentityKey: string;
  };
  _chains: Record<string, OldChain>;
  pendingPreKey?: { signedKeyId: number; preKeyId?: number };
}

/** Its counter is the last number used, -1 before the first; its key goes when nothing new can come. */
interface OldChain {
  chainKey: { counter: number; key?: string };
  chainType: number;
  messageKeys: Record<string, string>;
}

interface OldRecord {
  _sessions?: Record<string, OldSession>;
  registrationId?: number;
}

const ours = 1;
const receivingType = 2;
const stillOpen = -1;

/** Reads a record of old: the open session is the current one, then those used last. */
export function readOldRecord(kept: object): Session[] {
  const { _sessions: sessions, registrationId } = kept as OldRecord;
  if (!sessions || typeof sessions !== 'object') throw new MalformedError('Unknown session record');
  const isOpen = ({ indexInfo }: OldSession) => indexInfo.closed === stillOpen;
  try {
    return Object.values(sessions)
      .sort((a, b) => Number(isOpen(b)) - Number(isOpen(a)) || b.indexInfo.used - a.indexInfo.used)
      .slice(0, previousMax + 1)
      .flatMap((session) => readSession(session, registrationId ?? 0));
  } catch {
    throw new MalformedError('Malformed session record');
  }
}

/** One session, or none when nothing could be sent with it. */
function readSession(old: OldSession, registrationId: number): Session[] {
  const { ephemeralKeyPair, lastRemoteEphemeralKey, previousCounter, rootKey } = old.currentRatchet;
  const sending = old._chains[ephemeralKeyPair.pubKey];
  const chain = sending && chainKey(sending);
  if (!chain) return [];
  const { pendingPreKey: pending } = old;
  return [
    {
      registrationId: old.registrationId ?? registrationId,
      baseKey: publicKey(old.indexInfo.baseKey),
      isOurs: old.indexInfo.baseKeyType === ours,
      remoteIdentity: publicKey(old.indexInfo.remoteIdentityKey),
      rootKey: secret(rootKey),
      ratchet: { pubKey: publicKey(ephemeralKeyPair.pubKey), privKey: secret(ephemeralKeyPair.privKey) },
      remoteRatchetKey: publicKey(lastRemoteEphemeralKey),
      previousCounter: Math.max(previousCounter, 0),
      sending: chain,
      receiving: receiving(old._chains),
      pending: pending && { preKeyId: pending.preKeyId, signedPreKeyId: pending.signedKeyId },
    },
  ];
}

/** It adds chains as they come, so the newest are the last. */
function receiving(chains: Record<string, OldChain>): ReceivingChain[] {
  return Object.entries(chains)
    .filter(([, { chainType }]) => chainType === receivingType)
    .reverse()
    .slice(0, receivingChainsMax)
    .map(([ratchetKey, old]) => ({
      ratchetKey: publicKey(ratchetKey),
      chain: chainKey(old),
      skipped: skipped(old.messageKeys),
    }));
}

function chainKey({ chainKey: { counter, key } }: OldChain): ChainKey | undefined {
  return key === undefined ? undefined : { next: counter + 1, key: secret(key) };
}

function skipped(keys: Record<string, string>): SkippedKeys {
  const seeds = Object.entries(keys).map(([counter, seed]) => ({
    counter: Number(counter),
    seed: secret(seed),
  }));
  return SkippedKeys.none.with(seeds.sort((a, b) => a.counter - b.counter));
}

function publicKey(text: string): Buffer {
  return typedPublicKey(rawPublicKey(Buffer.from(text, 'base64')));
}

function secret(text: string): Buffer {
  const bytes = Buffer.from(text, 'base64');
  if (bytes.length !== 32) throw new MalformedError('Malformed session record');
  return bytes;
}
