import { proto } from 'baileys';
import type { NewRaw } from './new-message.ts';

/** Bytes to send as they are. */
export interface RawMessage {
  readonly bytes: Uint8Array;
  readonly id: string | undefined;
}

/** The bytes, and what they say as far as anybody could read them. */
export function rawFrom({ bytes: text, id }: NewRaw): { message: proto.IMessage; raw: RawMessage } {
  const bytes = Buffer.from(text, 'base64');
  return { message: readable(bytes), raw: { bytes, id } };
}

/** What cannot be read says nothing. */
export function readable(bytes: Uint8Array): proto.IMessage {
  try {
    return proto.Message.decode(bytes);
  } catch {
    return {};
  }
}

/** The copy for the other devices of whoever sends it: `Message.deviceSentMessage`, around bytes that may be anything. */
export function deviceSent(destinationJid: string, bytes: Uint8Array): Uint8Array {
  const inner = [field(1, Buffer.from(destinationJid)), field(2, bytes)];
  return field(31, Buffer.concat(inner));
}

const BYTES = 2;

/** A field of a message that holds bytes, with its number and length before it. */
function field(number: number, bytes: Uint8Array): Buffer {
  return Buffer.concat([varint((number << 3) | BYTES), varint(bytes.length), bytes]);
}

function varint(value: number): Buffer {
  const groups: number[] = [];
  for (let left = value; left > 0 || groups.length === 0; left >>>= 7) {
    groups.push((left & 0x7f) | (left > 0x7f ? 0x80 : 0));
  }
  return Buffer.from(groups);
}
