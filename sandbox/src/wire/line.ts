interface Waiting<T> {
  readonly item: T;
  readonly dueAt: number;
}

/** First in, first out, each not before its time; can be held up as a whole. */
export class Line<T> {
  readonly #deliver: (item: T) => void;
  #waiting: Waiting<T>[] = [];
  #timer: NodeJS.Timeout | undefined;
  #held = false;
  /** When everything that was given a duration so far is through. */
  #freeAt = 0;

  constructor(deliver: (item: T) => void) {
    this.#deliver = deliver;
  }

  get isIdle(): boolean {
    return this.#waiting.length === 0 && !this.#held;
  }

  /** Adds an item that is due after `delayMs`, and after those before it; `flush` delivers. */
  add(item: T, delayMs = 0): void {
    this.#waiting.push({ item, dueAt: Date.now() + delayMs });
  }

  /** Adds an item that takes `durationMs` to pass, one after the other. */
  addSlowly(item: T, durationMs: number): void {
    this.#freeAt = Math.max(this.#freeAt, Date.now()) + durationMs;
    this.#waiting.push({ item, dueAt: this.#freeAt });
  }

  /** Delivers what is due, and the rest when it is. */
  flush(): void {
    if (this.#held || this.#timer) return;
    for (;;) {
      const next = this.#waiting[0];
      if (!next) return;
      const waitMs = next.dueAt - Date.now();
      if (waitMs > 0) {
        this.#timer = setTimeout(() => {
          this.#timer = undefined;
          this.flush();
        }, waitMs);
        return;
      }
      this.#waiting.shift();
      this.#deliver(next.item);
      if (this.#held) return;
    }
  }

  /** Delivers nothing until released. */
  hold(): void {
    this.#held = true;
  }

  release(): void {
    this.#held = false;
    this.flush();
  }

  /** Forgets what waits. */
  clear(): void {
    clearTimeout(this.#timer);
    this.#timer = undefined;
    this.#waiting = [];
  }
}
