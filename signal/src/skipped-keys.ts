const entryBytes = 36;
/** As many as the network's clients keep; the oldest go first. */
export const skippedMax = 2_000;

/** Seeds of messages that were overtaken, by their number. Never changes: what adds or takes makes another one. */
export class SkippedKeys {
  static readonly none = new SkippedKeys(Buffer.alloc(0));

  /** Entries of a number (4 bytes) and a seed (32), the lowest number first. */
  readonly bytes: Uint8Array;

  constructor(bytes: Uint8Array) {
    this.bytes = bytes;
  }

  get count(): number {
    return Math.floor(this.bytes.length / entryBytes);
  }

  /** Adds seeds whose numbers are all higher than those already here. */
  with(added: readonly { counter: number; seed: Uint8Array }[]): SkippedKeys {
    if (added.length === 0) return this;
    const fresh = Buffer.alloc(added.length * entryBytes);
    for (const [n, { counter, seed }] of added.entries()) {
      fresh.writeUInt32BE(counter, n * entryBytes);
      fresh.set(seed, n * entryBytes + 4);
    }
    const all = Buffer.concat([this.bytes, fresh]);
    return new SkippedKeys(all.subarray(-skippedMax * entryBytes));
  }

  /** A copy of the seed of a message; undefined when it isn't here. */
  seedOf(counter: number): Buffer | undefined {
    const at = this.#find(counter);
    return at === undefined ? undefined : Buffer.from(this.bytes.subarray(at + 4, at + entryBytes));
  }

  without(counter: number): SkippedKeys {
    const at = this.#find(counter);
    if (at === undefined) return this;
    return new SkippedKeys(Buffer.concat([this.bytes.subarray(0, at), this.bytes.subarray(at + entryBytes)]));
  }

  #find(counter: number): number | undefined {
    const view = new DataView(this.bytes.buffer, this.bytes.byteOffset, this.bytes.length);
    let [low, high] = [0, this.count - 1];
    while (low <= high) {
      const middle = (low + high) >> 1;
      const found = view.getUint32(middle * entryBytes);
      if (found === counter) return middle * entryBytes;
      if (found < counter) low = middle + 1;
      else high = middle - 1;
    }
    return undefined;
  }
}
