/** Servers that want this sandbox to go on; without one for a while it ends itself. */
export class Keepers {
  readonly #seen = new Map<string, number>();
  #lastWantedAt = Date.now();

  /** A server says that it wants the sandbox. */
  keep(server: string): void {
    this.#lastWantedAt = Date.now();
    this.#seen.set(server, this.#lastWantedAt);
  }

  /** Servers heard of within the last `withinMs`. */
  count(withinMs: number): number {
    const since = Date.now() - withinMs;
    for (const [server, seenAt] of this.#seen) if (seenAt < since) this.#seen.delete(server);
    return this.#seen.size;
  }

  /** Milliseconds since anybody wanted the sandbox. */
  idleMs(): number {
    return Date.now() - this.#lastWantedAt;
  }
}
