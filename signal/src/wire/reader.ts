import { MalformedError } from '../errors.ts';

/** Fields of a protobuf message by number: numbers as they are, bytes as views of the message. The last of a field counts. */
export interface Fields {
  number(field: number): number | undefined;
  bytes(field: number): Uint8Array | undefined;
}

const uint32Max = 0xffffffff;
const malformed = () => new MalformedError('Malformed message');

/** Reads the fields of a message in one pass; never looks beyond its end. */
export function readFields(message: Uint8Array): Fields {
  const numbers = new Map<number, number>();
  const texts = new Map<number, Uint8Array>();
  const reader = new Reader(message);
  while (!reader.isAtEnd) {
    const tag = reader.varint();
    const field = Math.floor(tag / 8);
    if (field === 0) throw malformed();
    switch (tag % 8) {
      case 0:
        numbers.set(field, reader.varint());
        break;
      case 1:
        reader.take(8);
        break;
      case 2:
        texts.set(field, reader.take(reader.varint()));
        break;
      case 5:
        reader.take(4);
        break;
      default:
        throw malformed();
    }
  }
  return {
    number(field) {
      const value = numbers.get(field);
      if (value !== undefined && value > uint32Max) throw malformed();
      return value;
    },
    bytes: (field) => texts.get(field),
  };
}

/** Takes numbers and bytes off the front of a message. */
export class Reader {
  readonly #bytes: Uint8Array;
  #at = 0;

  constructor(bytes: Uint8Array) {
    this.#bytes = bytes;
  }

  get isAtEnd(): boolean {
    return this.#at >= this.#bytes.length;
  }

  /** A view of the next bytes. */
  take(length: number): Uint8Array {
    const end = this.#at + length;
    if (end > this.#bytes.length) throw malformed();
    const taken = this.#bytes.subarray(this.#at, end);
    this.#at = end;
    return taken;
  }

  byte(): number {
    const [value] = this.take(1);
    return value ?? 0;
  }

  /** A number of things to come, of which there are never more than `max`. */
  count(max: number): number {
    const count = this.varint();
    if (count > max) throw malformed();
    return count;
  }

  /** A number of at most ten bytes; beyond 2^53 it is inexact, and nobody takes it. */
  varint(): number {
    let value = 0;
    for (let n = 0; n < 10; n++) {
      const byte = this.byte();
      value += (byte & 127) * 2 ** (7 * n);
      if (byte < 128) return value;
    }
    throw malformed();
  }
}
