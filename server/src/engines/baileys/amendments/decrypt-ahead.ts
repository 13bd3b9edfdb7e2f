import { readPreKeyWhisperMessage } from '@multiwa/signal';
import type { BinaryNode } from 'baileys';
import { createBoundedMap } from '../bounded-map.ts';

/** How Baileys last asked for what somebody wrote, in a direct chat or in a group. */
type Asked = { jid: string; type: 'msg' | 'pkmsg' } | { group: string; authorJid: string };

/** Decrypts one ciphertext under the lock of its session and has it stored. */
type Begin<Result> = (ciphertext: Uint8Array, stanza: BinaryNode, asked: Asked) => Promise<Result>;

export interface DecryptAhead<Result> {
  /** A stanza has arrived; what it carries is decrypted while those before it are handled. */
  arrived(stanza: BinaryNode): void;
  /** A stanza that arrived has had its turn. */
  ended(stanza: BinaryNode): void;
  /** What came of what was begun; undefined when it was not, or failed and is to be tried in its turn. */
  resultOf(ciphertext: Uint8Array): Promise<Result | undefined>;
  /** Baileys decrypted this so. */
  learnt(ciphertext: Uint8Array, stanza: BinaryNode, asked: Asked): void;
}

const underWayMax = 50;
const sendersMax = 2_000;
const typesAhead = ['msg', 'pkmsg', 'skmsg'] as const;

/**
 * Changes: a message is decrypted when it arrives, and not only when Baileys has handled the one before it. Baileys finds
 * the result when it asks, and handles messages in their order as before.
 *
 * Why: Baileys handles one message of a profile at a time, and what is decrypted has to be stored before it goes on. With a
 * commit for each message, a profile that is written to a lot falls behind; messages decrypted beside each other share one.
 *
 * Only what has nothing to do with its turn: one ciphertext, in a session that was used before by the same address. What opens
 * a session, a group's new key and whatever fails are decrypted in their turn, by Baileys, and so is all that their sender
 * writes until then: keys are kept for five turns of a conversation only, so nothing may overtake for long.
 *
 * In: `baileys/lib/Utils/decode-wa-message.js` (decryptMessageNode), `baileys/lib/Socket/messages-recv.js` (handleMessage).
 */
export function createDecryptAhead<Result>(begin: Begin<Result>): DecryptAhead<Result> {
  const known = createBoundedMap<string, Asked & { opening: string | undefined }>(sendersMax);
  const begun = new WeakMap<Uint8Array, Promise<Result | undefined>>();
  const waiting = countedSets();
  let underWay = 0;

  /** What can be begun of a stanza; undefined when it has to wait for its turn. */
  function aheadOf(stanza: BinaryNode) {
    const parts = Array.isArray(stanza.content) ? stanza.content : [];
    const [one, ...others] = parts.filter(({ tag }) => tag === 'enc' || tag === 'plaintext');
    if (!one || others.length > 0 || !(one.content instanceof Uint8Array)) return undefined;
    const type = typesAhead.find((name) => name === one.attrs.type);
    if (one.tag !== 'enc' || !type || underWay >= underWayMax) return undefined;
    const asked = known.get(nameOf(stanza, type));
    if (!asked || (type === 'pkmsg' && asked.opening !== openingOf(one.content))) return undefined;
    return { ciphertext: one.content, asked };
  }

  return {
    arrived(stanza) {
      const sender = senderOf(stanza);
      const ahead = waiting.has(sender) ? undefined : aheadOf(stanza);
      if (!ahead) return waiting.add(sender, stanza);
      underWay += 1;
      const result = begin(ahead.ciphertext, stanza, ahead.asked)
        .catch(() => {
          waiting.add(sender, stanza);
          return undefined;
        })
        .finally(() => {
          underWay -= 1;
        });
      begun.set(ahead.ciphertext, result);
    },
    ended: (stanza) => waiting.remove(senderOf(stanza), stanza),
    resultOf: async (ciphertext) => begun.get(ciphertext),
    learnt(ciphertext, stanza, asked) {
      const type = 'group' in asked ? 'skmsg' : asked.type;
      const opening = type === 'pkmsg' ? openingOf(ciphertext) : undefined;
      known.set(nameOf(stanza, type), { ...asked, opening });
    },
  };
}

const senderOf = ({ attrs }: BinaryNode) => attrs.participant ?? attrs.from ?? '';

const nameOf = ({ attrs }: BinaryNode, type: string) => JSON.stringify([type, attrs.from, attrs.participant]);

/** Which session a message opens. Until it is answered, its sender opens it with each message anew. */
function openingOf(ciphertext: Uint8Array): string | undefined {
  try {
    const { identityKey, baseKey } = readPreKeyWhisperMessage(ciphertext);
    return Buffer.concat([identityKey, baseKey]).toString('base64');
  } catch {
    return undefined;
  }
}

/** Sets by name; empty ones take no memory. */
function countedSets() {
  const sets = new Map<string, Set<object>>();
  return {
    has: (name: string) => sets.has(name),
    add(name: string, one: object): void {
      const set = sets.get(name) ?? new Set();
      sets.set(name, set.add(one));
    },
    remove(name: string, one: object): void {
      const set = sets.get(name);
      if (set?.delete(one) && set.size === 0) sets.delete(name);
    },
  };
}
