import type { BinaryNode } from 'baileys';
import { expect, test } from 'vitest';
import { createDecryptAhead } from './decrypt-ahead.ts';

const ann = '62811000001@s.whatsapp.net';
const bob = '62811000002@s.whatsapp.net';

function message(from: string, type = 'msg'): BinaryNode {
  const enc: BinaryNode = { tag: 'enc', attrs: { type }, content: Buffer.from('ciphertext') };
  return { tag: 'message', attrs: { from }, content: [enc] };
}

const ciphertextOf = ({ content }: BinaryNode) => (content as BinaryNode[])[0]?.content as Uint8Array;

/** Somebody, of whom Baileys has decrypted a message before. */
function withKnown(...people: string[]) {
  const begun: BinaryNode[] = [];
  const state = { fails: false };
  const ahead = createDecryptAhead<string>(async (_ciphertext, stanza) => {
    begun.push(stanza);
    if (state.fails) throw new Error('no session fits');
    return 'plaintext';
  });
  for (const jid of people) {
    const first = message(jid);
    ahead.learnt(ciphertextOf(first), first, { jid, type: 'msg' });
  }
  return { ahead, begun, state };
}

test('what comes of somebody known is begun at once, of somebody new in its turn', async () => {
  const { ahead, begun } = withKnown(ann);
  const [known, unknown] = [message(ann), message(bob)];
  ahead.arrived(known);
  ahead.arrived(unknown);
  expect(begun).toEqual([known]);
  expect(await ahead.resultOf(ciphertextOf(known))).toBe('plaintext');
  expect(await ahead.resultOf(ciphertextOf(unknown))).toBeUndefined();
});

test('nothing overtakes an earlier message of its sender that waits for its turn', () => {
  const { ahead, begun } = withKnown(ann, bob);
  const [opening, behind, later] = [message(ann, 'pkmsg'), message(ann), message(ann)];
  ahead.arrived(opening);
  ahead.arrived(behind);
  expect(begun).toEqual([]);
  const others = message(bob);
  ahead.arrived(others);
  expect(begun).toEqual([others]);
  ahead.ended(opening);
  ahead.arrived(later);
  expect(begun).toEqual([others]);
  ahead.ended(behind);
  ahead.ended(later);
  const next = message(ann);
  ahead.arrived(next);
  expect(begun).toEqual([others, next]);
});

test('nothing overtakes a message that failed ahead and is tried again in its turn', async () => {
  const { ahead, begun, state } = withKnown(ann);
  state.fails = true;
  const failed = message(ann);
  ahead.arrived(failed);
  expect(await ahead.resultOf(ciphertextOf(failed))).toBeUndefined();
  ahead.arrived(message(ann));
  expect(begun).toEqual([failed]);
});

test('only so much is under way at once', async () => {
  const { ahead, begun } = withKnown(ann);
  const flood = Array.from({ length: 200 }, () => message(ann));
  for (const stanza of flood) ahead.arrived(stanza);
  expect(begun).toHaveLength(50);
  await ahead.resultOf(ciphertextOf(flood[0] as BinaryNode));
  for (const stanza of flood) ahead.ended(stanza);
  await new Promise(setImmediate);
  ahead.arrived(message(ann));
  expect(begun).toHaveLength(51);
});
