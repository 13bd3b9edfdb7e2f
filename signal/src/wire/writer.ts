/** Puts numbers and bytes one after the other. */
export class Writer {
  readonly #parts: Uint8Array[] = [];
  #small: number[] = [];

  byte(value: number): this {
    this.#small.push(value);
    return this;
  }

  varint(value: number): this {
    let rest = value;
    while (rest > 127) {
      this.#small.push((rest % 128) | 128);
      rest = Math.floor(rest / 128);
    }
    this.#small.push(rest);
    return this;
  }

  raw(bytes: Uint8Array): this {
    this.#flush();
    this.#parts.push(bytes);
    return this;
  }

  /** A number of a protobuf message; one that is not there is left out. */
  number(field: number, value: number | undefined): this {
    return value === undefined ? this : this.varint(field * 8).varint(value);
  }

  /** Bytes of a protobuf message. */
  bytes(field: number, bytes: Uint8Array): this {
    return this.varint(field * 8 + 2)
      .varint(bytes.length)
      .raw(bytes);
  }

  finish(): Buffer {
    this.#flush();
    return Buffer.concat(this.#parts);
  }

  #flush(): void {
    if (this.#small.length === 0) return;
    this.#parts.push(Buffer.from(this.#small));
    this.#small = [];
  }
}
