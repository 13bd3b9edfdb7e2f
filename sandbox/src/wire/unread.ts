/** A client that has this much unread is not read either, until it has taken half of it. */
const UNREAD_BYTES_MAX = 4 * 1024 * 1024;

/** What a client was sent and has not taken yet, in bytes, and who waits until it has taken most of it. */
export class Unread {
  readonly #buffered: () => number;
  #awaiting: (() => void)[] = [];
  #waitingBytes = 0;
  #turnBytes = 0;
  /** How much a single turn has brought at most. */
  #burstBytes = 0;

  /** `buffered`: how many bytes the socket itself holds. */
  constructor(buffered: () => number) {
    this.#buffered = buffered;
  }

  /** So much is unread that the client is not read either. */
  get isTooMuch(): boolean {
    return this.#bytes > UNREAD_BYTES_MAX;
  }

  get isMostlyTaken(): boolean {
    return this.#bytes <= UNREAD_BYTES_MAX / 2;
  }

  /** How much waits when that is over the bound, besides what one turn has brought; undefined when it is not. */
  over(bytesMax: number): number | undefined {
    const waiting = this.#bytes - this.#turnBytes;
    return waiting > bytesMax + this.#burstBytes ? waiting : undefined;
  }

  /** Something waits for the end of this turn, or longer. */
  add(bytes: number): void {
    this.#waitingBytes += bytes;
    this.#turnBytes += bytes;
  }

  endTurn(): void {
    this.#burstBytes = Math.max(this.#burstBytes, this.#turnBytes);
    this.#turnBytes = 0;
  }

  /** Something goes into the socket. */
  pass(bytes: number): void {
    this.#waitingBytes -= bytes;
  }

  /** What waited will never go. */
  clear(): void {
    this.#waitingBytes = 0;
  }

  /** Resolves when most is taken, or `wake` is called. */
  taken(): Promise<void> {
    return this.isMostlyTaken ? Promise.resolve() : new Promise((resolve) => this.#awaiting.push(resolve));
  }

  /** Tells those who wait that most is taken, or that it never will be. */
  wake(): void {
    const awaiting = this.#awaiting;
    this.#awaiting = [];
    for (const wake of awaiting) wake();
  }

  get #bytes(): number {
    return this.#waitingBytes + this.#buffered();
  }
}
