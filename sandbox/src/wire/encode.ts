import type { BinaryNode } from 'baileys';
import { TAGS, TOKEN_MAP } from 'baileys/lib/WABinary/constants.js';

const TOKENS = new Map(Object.entries(TOKEN_MAP));
const LIST_MAX = 65_535;
const NIBBLES = '0123456789-.';
const HEX = '0123456789ABCDEF';
/** Padding of the last half byte. */
const NOTHING = 15;
/** Domains by which a JID with a device is written; every other one goes as plain text. */
const DEVICE_JID = /^(\d+):(\d+)@(s\.whatsapp\.net|lid)$/;
const USER_JID = /^([^@:_]*)@([^@:]+)$/;

/** Bytes that grow as they are written. */
class Writer {
  #bytes = Buffer.allocUnsafe(512);
  #length = 0;

  get written(): Buffer {
    return this.#bytes.subarray(0, this.#length);
  }

  byte(value: number): void {
    this.#room(1);
    this.#bytes[this.#length] = value;
    this.#length += 1;
  }

  uint(value: number, size: number): void {
    this.#room(size);
    this.#bytes.writeUIntBE(value, this.#length, size);
    this.#length += size;
  }

  bytes(value: Uint8Array): void {
    this.#room(value.length);
    this.#bytes.set(value, this.#length);
    this.#length += value.length;
  }

  #room(size: number): void {
    if (this.#length + size <= this.#bytes.length) return;
    const larger = Buffer.allocUnsafe(Math.max(this.#bytes.length * 2, this.#length + size));
    larger.set(this.written);
    this.#bytes = larger;
  }
}

/**
 * A stanza as wire bytes, with the leading flag byte (never compressed). Whatever text is in it comes out of a client's
 * decoder as it was: the package's own encoder loses names such as `constructor`, and breaks the frame at `Shop@`.
 * Throws when a list has more than 65,535 members.
 */
export function encodeStanza(stanza: BinaryNode): Buffer {
  const writer = new Writer();
  writer.byte(0);
  writeNode(writer, stanza);
  return writer.written;
}

function writeNode(writer: Writer, { tag, attrs, content }: BinaryNode): void {
  const attributes = Object.entries(attrs).filter(([, value]) => typeof value === 'string');
  writeListStart(writer, 2 * attributes.length + 1 + (content === undefined ? 0 : 1));
  writeText(writer, tag);
  for (const [name, value] of attributes) {
    writeText(writer, name);
    writeText(writer, value);
  }
  if (typeof content === 'string') writeText(writer, content);
  else if (content instanceof Uint8Array) writeBytes(writer, content);
  else if (content !== undefined) {
    writeListStart(writer, content.length);
    for (const each of content) writeNode(writer, each);
  }
}

function writeListStart(writer: Writer, size: number): void {
  if (size > LIST_MAX) throw new Error(`a stanza with a list of ${size}`);
  if (size === 0) writer.byte(TAGS.LIST_EMPTY);
  else if (size < 256) {
    writer.byte(TAGS.LIST_8);
    writer.byte(size);
  } else {
    writer.byte(TAGS.LIST_16);
    writer.uint(size, 2);
  }
}

function writeText(writer: Writer, text: string): void {
  const token = TOKENS.get(text);
  if (token) {
    if (token.dict !== undefined) writer.byte(TAGS.DICTIONARY_0 + token.dict);
    writer.byte(token.index);
  } else if (!writePacked(writer, text) && !writeJid(writer, text)) {
    writeBytes(writer, Buffer.from(text));
  }
}

/** Two characters a byte, when all are digits and the like. */
function writePacked(writer: Writer, text: string): boolean {
  if (text.length === 0 || text.length > TAGS.PACKED_MAX) return false;
  const isOf = (alphabet: string): boolean => [...text].every((each) => alphabet.includes(each));
  const alphabet = isOf(NIBBLES) ? NIBBLES : isOf(HEX) ? HEX : undefined;
  if (!alphabet) return false;
  const isOdd = text.length % 2 === 1;
  writer.byte(alphabet === NIBBLES ? TAGS.NIBBLE_8 : TAGS.HEX_8);
  writer.byte(Math.ceil(text.length / 2) | (isOdd ? 128 : 0));
  for (let at = 0; at < text.length; at += 2) {
    const low = at + 1 < text.length ? alphabet.indexOf(text.charAt(at + 1)) : NOTHING;
    writer.byte((alphabet.indexOf(text.charAt(at)) << 4) | low);
  }
  return true;
}

function writeJid(writer: Writer, text: string): boolean {
  const [, owner, device, domain] = DEVICE_JID.exec(text) ?? [];
  if (
    owner !== undefined &&
    Number(device) > 0 &&
    Number(device) < 256 &&
    device === String(Number(device))
  ) {
    writer.byte(TAGS.AD_JID);
    writer.byte(domain === 'lid' ? 1 : 0);
    writer.byte(Number(device));
    writeText(writer, owner);
    return true;
  }
  const [, user, server] = USER_JID.exec(text) ?? [];
  if (user === undefined || server === undefined) return false;
  writer.byte(TAGS.JID_PAIR);
  if (user === '') writer.byte(TAGS.LIST_EMPTY);
  else writeText(writer, user);
  writeText(writer, server);
  return true;
}

function writeBytes(writer: Writer, bytes: Uint8Array): void {
  const { length } = bytes;
  if (length < 256) {
    writer.byte(TAGS.BINARY_8);
    writer.byte(length);
  } else if (length < 1 << 20) {
    writer.byte(TAGS.BINARY_20);
    writer.uint(length, 3);
  } else {
    writer.byte(TAGS.BINARY_32);
    writer.uint(length, 4);
  }
  writer.bytes(bytes);
}
