import { decryptAes } from '../aes.ts';
import { advance, type ChainKey, seedFor } from '../chain.ts';
import { isSame, wipe } from '../constant-time.ts';
import { forget, generateKeyPair } from '../curve/key-pair.ts';
import { MessageCounterError, SignalError } from '../errors.ts';
import { SkippedKeys, skippedMax } from '../skipped-keys.ts';
import type { readWhisperMessage } from '../wire/messages.ts';
import { receivingChainsMax } from './limits.ts';
import { macOf, messageKeys } from './message-keys.ts';
import { turnRoot } from './ratchet.ts';
import type { ReceivingChain, Session } from './session.ts';

type Received = ReturnType<typeof readWhisperMessage>;

/** Numbers from here on mean that the chain before never sent anything. */
const noCounter = 2 ** 31;

/** Whether a session has received with this ratchet key before. */
export function knowsRatchetKey(session: Session, ratchetKey: Uint8Array): boolean {
  return session.receiving.some((chain) => isSame(chain.ratchetKey, ratchetKey));
}

/**
 * Decrypts a message: its plaintext, and the session after it. Nothing is made for later until the message has proved
 * true.
 * @throws MessageCounterError when its key was used already
 * @throws SignalError when it isn't of this session
 */
export function open(
  session: Session,
  received: Received,
  ownIdentity: Uint8Array,
): { session: Session; plaintext: Buffer } {
  const { message } = received;
  const known = session.receiving.find((chain) => isSame(chain.ratchetKey, message.ratchetKey));
  if (known) {
    const plaintext = decrypt(session, received, ownIdentity, seedIn(known, message.counter));
    const receiving = session.receiving.map((each) =>
      each === known ? after(known, message.counter) : each,
    );
    return { session: { ...session, receiving, pending: undefined }, plaintext };
  }
  const turned = turnRoot(session.rootKey, session.ratchet, message.ratchetKey);
  const seed = seedFor(turned.chain, SkippedKeys.none, message.counter, skippedMax);
  const plaintext = decrypt(session, received, ownIdentity, seed);
  return { session: turn(session, received, turned), plaintext };
}

function decrypt(session: Session, received: Received, ownIdentity: Uint8Array, seed: Buffer): Buffer {
  const keys = messageKeys(seed);
  try {
    const mac = macOf(keys.macKey, session.remoteIdentity, ownIdentity, received.signed);
    if (!isSame(mac, received.mac)) throw new SignalError('Bad MAC');
    return decryptAes(keys.cipherKey, keys.iv, received.message.ciphertext);
  } catch (error) {
    throw error instanceof SignalError ? error : new SignalError('Bad padding');
  } finally {
    wipe(seed, keys.all);
  }
}

function seedIn({ chain, skipped }: ReceivingChain, counter: number): Buffer {
  if (chain) return seedFor(chain, skipped, counter, skippedMax);
  const seed = skipped.seedOf(counter);
  if (!seed) throw new MessageCounterError('Key used already or never filled');
  return seed;
}

/** A chain after one of its messages was read. */
function after({ ratchetKey, chain, skipped }: ReceivingChain, counter: number): ReceivingChain {
  if (!chain || counter < chain.next) return { ratchetKey, chain, skipped: skipped.without(counter) };
  return { ratchetKey, ...advance(chain, skipped, counter) };
}

/** The session after a message with a new ratchet key: a chain to receive with, and one to answer with. */
function turn(
  session: Session,
  { message }: Received,
  turned: { rootKey: Buffer; chain: ChainKey },
): Session {
  const ratchet = generateKeyPair();
  const answering = turnRoot(turned.rootKey, ratchet, message.ratchetKey);
  wipe(turned.rootKey);
  // The first turn of an answered session uses the signed prekey, which others will name too.
  if (session.receiving.length > 0) forget(session.ratchet.pubKey);
  const fresh = {
    ratchetKey: message.ratchetKey,
    ...advance(turned.chain, SkippedKeys.none, message.counter),
  };
  const older = session.receiving.map((each) =>
    isSame(each.ratchetKey, session.remoteRatchetKey) ? closed(each, message.previousCounter) : each,
  );
  return {
    ...session,
    rootKey: answering.rootKey,
    ratchet,
    remoteRatchetKey: message.ratchetKey,
    previousCounter: Math.max(session.sending.next - 1, 0),
    sending: answering.chain,
    receiving: [fresh, ...older].slice(0, receivingChainsMax),
    pending: undefined,
  };
}

/** A chain of which nothing new comes after `last`: the keys up to it are made, and the chain's own goes. */
function closed({ ratchetKey, chain, skipped }: ReceivingChain, last: number): ReceivingChain {
  if (!chain || last >= noCounter || last < chain.next) return { ratchetKey, chain: undefined, skipped };
  const reached = Math.min(last, chain.next + skippedMax - 1);
  // One that has been overtaken is kept like every other, so the chain is turned past it and its seed is kept too.
  const { skipped: kept } = advance(chain, skipped, reached + 1);
  return { ratchetKey, chain: undefined, skipped: kept };
}
