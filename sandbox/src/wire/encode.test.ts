import { type BinaryNode, decodeBinaryNode, encodeBinaryNode } from 'baileys';
import { expect, test } from 'vitest';
import { chanceFrom } from '../chance.ts';
import { decodeIncoming } from './incoming.ts';
import { decodeNode, encodeNode, node } from './node.ts';

/** No decoder keeps an attribute of this name. */
const nameOf = (text: string): string => (text === '__proto__' ? 'proto' : text || 'empty');

const NASTY = [
  '',
  '@',
  'Shop@',
  '@s.whatsapp.net',
  'Anna @ Home',
  'mail: me@x',
  '62:1@s.whatsapp.net',
  '62:99999@s.whatsapp.net',
  '62:01@lid',
  '62:0@lid',
  '62_1:2@lid',
  ':1@lid',
  'a:b@c',
  'a@b@c',
  '1@hosted',
  'constructor',
  '__proto__',
  'toString',
  '-',
  '.-',
  '007',
  'ABCDEF0',
  'abcdef0',
  '\0',
  '1\0',
  '🥐',
  'x'.repeat(300),
  '1'.repeat(127),
  '1'.repeat(128),
  'text',
  'w:g2',
];

/** A stanza as a client's decoder gives it: an empty list and no text come back as what they were. */
async function afterTheWire(stanza: BinaryNode): Promise<BinaryNode> {
  const encoded = encodeNode(stanza);
  const decoded = await decodeBinaryNode(encoded);
  expect(decodeNode(encoded)).toEqual(decoded);
  expect(decodeIncoming(encoded)).toEqual(decoded);
  return decoded;
}

test('whatever text is in a stanza, a client reads it as it was written', async () => {
  for (const text of NASTY) {
    const stanza = node('message', { id: text, notify: text }, [node('meta', { [nameOf(text)]: text })]);
    expect(await afterTheWire(stanza), text).toEqual({
      tag: 'message',
      attrs: { id: text, notify: text },
      content: [{ tag: 'meta', attrs: { [nameOf(text)]: text }, content: undefined }],
    });
    if (text !== '') expect((await afterTheWire(node(text, {}, [node(text)]))).tag).toBe(text);
  }
});

test('stanzas at random come back as they were', async () => {
  const chance = chanceFrom(4711);
  const pick = (): string => NASTY[Math.floor(chance() * NASTY.length)] ?? '';
  const grow = (depth: number): BinaryNode => {
    const attrs = Object.fromEntries(
      Array.from({ length: Math.floor(chance() * 5) }, () => [nameOf(pick()), pick()]),
    );
    const kind = chance();
    const content =
      kind < 0.3
        ? Buffer.from(pick())
        : kind < 0.7 && depth > 0
          ? Array.from({ length: 1 + Math.floor(chance() * 4) }, () => grow(depth - 1))
          : undefined;
    return content === undefined ? { tag: pick() || 'x', attrs } : { tag: pick() || 'x', attrs, content };
  };
  for (let round = 0; round < 100; round += 1) {
    const stanza = grow(4);
    expect(await afterTheWire(stanza)).toEqual(stanza);
  }
});

test('lists and bytes of every size class come back whole', async () => {
  for (const size of [1, 255, 256, 70_000, 1 << 20]) {
    const content = Buffer.alloc(size, 7);
    const { content: read } = await decodeBinaryNode(encodeNode(node('enc', {}, content)));
    expect(content.equals(read as Buffer)).toBe(true);
  }
  for (const size of [255, 256, 65_535]) {
    const content = Array.from({ length: size }, () => node('user'));
    expect((await decodeBinaryNode(encodeNode(node('list', {}, content)))).content).toHaveLength(size);
  }
  const tooMany = Array.from({ length: 65_536 }, () => node('user'));
  expect(() => encodeNode(node('list', {}, tooMany))).toThrow('a list of 65536');
});

test('ordinary stanzas are the very bytes that the package writes', () => {
  const stanza = node(
    'message',
    { id: '3EB0ABCDEF', from: '628111000001:12@s.whatsapp.net', t: 1_700_000_000 },
    [
      node('enc', { v: 2, type: 'pkmsg' }, Buffer.alloc(300, 1)),
      node('participant', {
        jid: '120363000000000000@g.us',
        lid: '100000000000001:3@lid',
        notify: 'Anna B.',
      }),
    ],
  );
  expect(encodeNode(stanza)).toEqual(encodeBinaryNode(stanza));
});
