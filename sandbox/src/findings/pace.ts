const MINUTE_MS = 60_000;

/** Counts messages of each account over the last minute. */
export class Pace {
  readonly #sent = new Map<string, number[]>();

  /** Counts one more; false when that is more than the limit, and then it is not counted. */
  allows(number: string, perMinute: number, now = Date.now()): boolean {
    const recent = (this.#sent.get(number) ?? []).filter((at) => at > now - MINUTE_MS);
    const isWithin = recent.length < perMinute;
    if (isWithin) recent.push(now);
    this.#sent.set(number, recent);
    return isWithin;
  }
}
