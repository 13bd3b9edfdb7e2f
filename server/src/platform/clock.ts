/** Where every part of the server takes its time from, so that tests can turn it. */
export interface Clock {
  now(): Date;
}

export const systemClock: Clock = { now: () => new Date() };

/** Shifts a moment by milliseconds. */
export function later(from: Date, ms: number): Date {
  return new Date(from.getTime() + ms);
}
