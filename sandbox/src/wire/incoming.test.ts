import { deflateSync } from 'node:zlib';
import { expect, test } from 'vitest';
import { chanceFrom } from '../chance.ts';
import { decodeIncoming } from './incoming.ts';
import { type BinaryNode, encodeNode, node } from './node.ts';

const LIST_8 = 248;
const LIST_16 = 249;
const BINARY_32 = 254;
const JID_PAIR = 250;
const INTEROP_JID = 245;

const compressed = (body: Buffer): Buffer => Buffer.concat([Buffer.from([2]), deflateSync(body)]);
const plain = (...bytes: number[]): Buffer => Buffer.from([0, ...bytes]);

/** Milliseconds until it is refused; fails when it is not. */
function refusal(frame: Buffer, reason?: string | RegExp): number {
  const begin = performance.now();
  if (reason === undefined) expect(() => decodeIncoming(frame)).toThrow();
  else expect(() => decodeIncoming(frame)).toThrow(reason);
  return performance.now() - begin;
}

test('a compressed stanza is read', () => {
  const stanza = node('iq', { id: '1' }, [node('ping')]);
  expect(decodeIncoming(compressed(encodeNode(stanza).subarray(1)))).toMatchObject({ tag: 'iq' });
});

test('what inflates to more than a stanza may have is refused before it is inflated', () => {
  const before = process.memoryUsage().arrayBuffers;
  const bomb = compressed(Buffer.alloc(40 * 1024 * 1024));
  expect(bomb.length).toBeLessThan(100_000);
  expect(refusal(bomb, /larger than/)).toBeLessThan(1000);
  expect(process.memoryUsage().arrayBuffers - before).toBeLessThan(60 * 1024 * 1024);
});

test('nesting without end is refused, in lists and in names', () => {
  const levels = Buffer.alloc(4 * 1_000_000);
  for (let at = 0; at < levels.length; at += 4) levels.set([LIST_8, 2, 3, LIST_8], at);
  expect(refusal(plain(...levels.subarray(0, 100_000)))).toBeLessThan(1000);
  expect(refusal(compressed(Buffer.alloc(7 * 1024 * 1024, JID_PAIR)))).toBeLessThan(1000);
  expect(
    refusal(compressed(Buffer.concat([Buffer.from([LIST_8, 3, 3]), Buffer.alloc(1_000_000, JID_PAIR)]))),
  ).toBeLessThan(1000);
  expect(
    refusal(compressed(Buffer.concat([Buffer.from([LIST_8, 3, 3]), Buffer.alloc(1_000_000, INTEROP_JID)]))),
  ).toBeLessThan(1000);
});

test('a stanza nested deeper than any client nests it is refused', () => {
  const nested = (depth: number): BinaryNode =>
    depth === 1 ? node('x') : node('x', {}, [nested(depth - 1)]);
  expect(decodeIncoming(encodeNode(nested(32)))).toMatchObject({ tag: 'x' });
  refusal(encodeNode(nested(33)), 'nested too deep');
  refusal(encodeNode(nested(2000)), 'nested too deep');
});

test('a length that leads the decoder backwards does not lead it in circles', () => {
  // A list of 65,535 nodes, each with bytes of length -13: the decoder is back at the list, and reads it again.
  const inCircles = plain(LIST_8, 2, 3, LIST_16, 255, 255, LIST_8, 2, 3, BINARY_32, 255, 255, 255, 243);
  expect(refusal(inCircles)).toBeLessThan(3000);
  const attributes = plain(LIST_16, 255, 255, 3, ...Array(50).fill([BINARY_32, 255, 255, 255, 251]).flat());
  const begin = performance.now();
  expect(decodeIncoming(attributes).tag).not.toBe('');
  expect(performance.now() - begin).toBeLessThan(3000);
});

test('a stanza with millions of parts is refused early', () => {
  const parts = Buffer.alloc(7 * 1024 * 1024);
  parts.set([LIST_8, 2, 3, LIST_16, 255, 255]);
  for (let at = 6; at + 2 < parts.length; at += 3) parts.set([LIST_8, 1, 3], at);
  const many = Buffer.concat([
    Buffer.from([LIST_8, 2, 3, LIST_16, 255, 255]),
    ...Array(100).fill(parts.subarray(0, 70_000)),
  ]);
  expect(refusal(compressed(many))).toBeLessThan(3000);
});

test('names and values longer than any client writes are refused', () => {
  const long = 'x'.repeat(16 * 1024);
  expect(decodeIncoming(encodeNode(node('iq', { id: long })))).toMatchObject({ attrs: { id: long } });
  refusal(encodeNode(node('iq', { id: `${long}x` })), 'too long');
  refusal(encodeNode(node('iq', { [`${long}x`]: '' })), 'too long');
  refusal(encodeNode(node('iq', {}, [node(`${long}x`)])), 'too long');
});

test('random bytes are a stanza or are refused, and always soon', () => {
  const chance = chanceFrom(20260101);
  const stanza = encodeNode(
    node('message', { id: 'A1', to: '1:2@lid' }, [
      node('participants', {}, [node('to', { jid: '1@lid' }, [node('enc', { v: 2 }, Buffer.alloc(40))])]),
    ]),
  );
  let read = 0;
  for (let round = 0; round < 4000; round += 1) {
    const isMutant = round % 2 === 0;
    const bytes = isMutant
      ? Buffer.from(stanza)
      : Buffer.from(Array.from({ length: Math.floor(chance() * 60) }, () => Math.floor(chance() * 256)));
    for (let flips = isMutant ? 1 + Math.floor(chance() * 4) : 0; flips > 0; flips -= 1)
      bytes[Math.floor(chance() * bytes.length)] = Math.floor(chance() * 256);
    const begin = performance.now();
    try {
      const decoded = decodeIncoming(bytes);
      // What was read can be written, and read again: it may have to be passed on.
      expect(decodeIncoming(encodeNode(decoded)).tag).toBe(decoded.tag);
      read += 1;
    } catch (error) {
      expect(error).toBeInstanceOf(Error);
    }
    expect(performance.now() - begin).toBeLessThan(3000);
  }
  expect(read).toBeGreaterThan(200);
});
