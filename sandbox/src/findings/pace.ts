const MINUTE_MS = 60_000;

/** Counts messages of each account over the last minute; one that is sent again counts once. */
export class Pace {
  readonly #sent = new Map<string, Map<string, number>>();

  /** Counts a message; false when that is one more than the limit, and then it is not counted. */
  allows(number: string, id: string, perMinute: number, now = Date.now()): boolean {
    const recent = this.#sent.get(number) ?? new Map<string, number>();
    for (const [known, at] of recent) if (at <= now - MINUTE_MS) recent.delete(known);
    if (recent.has(id)) return true;
    if (recent.size >= perMinute) return false;
    recent.set(id, now);
    this.#sent.set(number, recent);
    return true;
  }
}
