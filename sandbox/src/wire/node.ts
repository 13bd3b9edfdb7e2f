import { type BinaryNode, decodeDecompressedBinaryNode } from 'baileys';
import * as constants from 'baileys/lib/WABinary/constants.js';
import { encodeStanza } from './encode.ts';

export type { BinaryNode } from 'baileys';
export const SERVER = '@s.whatsapp.net';

type Attributes = Record<string, string | number | undefined>;

/** Builds a stanza. Every attribute becomes a string (the codec corrupts a frame otherwise); undefined is left out. */
export function node(tag: string, attributes: Attributes = {}, content?: BinaryNode['content']): BinaryNode {
  const attrs: Record<string, string> = {};
  for (const [name, value] of Object.entries(attributes)) {
    if (value !== undefined) attrs[name] = String(value);
  }
  return content === undefined ? { tag, attrs } : { tag, attrs, content };
}

/** The children of a stanza, optionally of one tag; empty when it has bytes or nothing inside. */
export function children(parent: BinaryNode | undefined, tag?: string): BinaryNode[] {
  if (!Array.isArray(parent?.content)) return [];
  return tag === undefined ? parent.content : parent.content.filter((each) => each.tag === tag);
}

/** The first child, optionally of one tag. */
export function child(parent: BinaryNode | undefined, tag?: string): BinaryNode | undefined {
  return children(parent, tag)[0];
}

/** The bytes inside a stanza; text that the codec packed as a token comes back as its UTF-8 bytes. */
export function bytes(leaf: BinaryNode | undefined): Buffer | undefined {
  if (typeof leaf?.content === 'string') return Buffer.from(leaf.content);
  return leaf?.content instanceof Uint8Array ? Buffer.from(leaf.content) : undefined;
}

/** A big-endian number of 1 to 6 bytes inside a stanza. */
export function uint(leaf: BinaryNode | undefined): number | undefined {
  const content = bytes(leaf);
  return content && content.length > 0 && content.length <= 6
    ? content.readUIntBE(0, content.length)
    : undefined;
}

/** A number as big-endian bytes. */
export function bigEndian(value: number, length: number): Buffer {
  const buffer = Buffer.alloc(length);
  buffer.writeUIntBE(value, 0, length);
  return buffer;
}

/** The stanza as wire bytes, with the leading flag byte (never compressed). */
export const encodeNode = (stanza: BinaryNode): Buffer => encodeStanza(stanza);

/** A stanza that `encodeNode` wrote. What clients send is not to be trusted like that: see `decodeIncoming`. */
export const decodeNode = (frame: Buffer): BinaryNode =>
  decodeDecompressedBinaryNode(frame.subarray(1), constants);

/**
 * Whether a client that is told this text can say it back, as it does in acks and receipts. The package's encoder takes
 * everything with an `@` for a JID and breaks the frame when it is none, and loses names that every object has.
 */
export function isEchoable(text: string): boolean {
  return !text.includes('@') && !(text in Object.prototype);
}

/** Unix seconds, the unit of `t` on the wire. */
export const nowSeconds = (): number => Math.floor(Date.now() / 1000);
