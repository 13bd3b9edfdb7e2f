import type { BinaryNode } from 'baileys';
import { createBoundedMap } from '../bounded-map.ts';

/** How Baileys last asked for what somebody wrote, in a direct chat or in a group. */
type Asked = { jid: string } | { group: string; authorJid: string };

/** Decrypts one ciphertext under the lock of its session and has it stored. */
type Begin<Result> = (ciphertext: Uint8Array, stanza: BinaryNode, asked: Asked) => Promise<Result>;

export interface DecryptAhead<Result> {
  /** A stanza has arrived; what it carries is decrypted while those before it are handled. */
  arrived(stanza: BinaryNode): void;
  /** What came of that; undefined when it was not begun, or failed and is to be tried in its turn. */
  resultOf(ciphertext: Uint8Array): Promise<Result | undefined>;
  /** Baileys decrypted something of this sender so. */
  learnt(stanza: BinaryNode, asked: Asked): void;
}

const underWayMax = 50;
const sendersMax = 2_000;

/**
 * Changes: a message is decrypted when it arrives, and not only when Baileys has handled the one before it. Baileys finds
 * the result when it asks, and handles messages in their order as before.
 *
 * Why: Baileys handles one message of a profile at a time, and what is decrypted has to be stored before it goes on. With a
 * commit for each message, a profile that is written to a lot falls behind; messages decrypted beside each other share one.
 *
 * Only what has nothing to do with its turn: one ciphertext, in a session that was used before by the same address. A first
 * message, a group's new key and whatever fails are decrypted in their turn, by Baileys.
 *
 * In: `baileys/lib/Utils/decode-wa-message.js` (decryptMessageNode), `baileys/lib/Socket/messages-recv.js` (handleMessage).
 */
export function createDecryptAhead<Result>(begin: Begin<Result>): DecryptAhead<Result> {
  const known = createBoundedMap<string, Asked>(sendersMax);
  const begun = new WeakMap<Uint8Array, Promise<Result | undefined>>();
  let underWay = 0;
  return {
    arrived(stanza) {
      const parts = Array.isArray(stanza.content) ? stanza.content : [];
      const [one, ...others] = parts.filter(({ tag }) => tag === 'enc' || tag === 'plaintext');
      if (!one || others.length > 0 || !(one.content instanceof Uint8Array)) return;
      const kind = one.attrs.type;
      if (one.tag !== 'enc' || (kind !== 'msg' && kind !== 'skmsg') || underWay >= underWayMax) return;
      const asked = known.get(nameOf(stanza, kind));
      if (!asked) return;
      underWay += 1;
      const result = begin(one.content, stanza, asked)
        .catch(() => undefined)
        .finally(() => {
          underWay -= 1;
        });
      begun.set(one.content, result);
    },
    resultOf: async (ciphertext) => begun.get(ciphertext),
    learnt(stanza, asked) {
      known.set(nameOf(stanza, 'group' in asked ? 'skmsg' : 'msg'), asked);
    },
  };
}

const nameOf = ({ attrs }: BinaryNode, kind: 'msg' | 'skmsg') =>
  JSON.stringify([kind, attrs.from, attrs.participant]);
