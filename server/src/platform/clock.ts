/** The clock of every part of the server, so that tests can turn it. */
export interface Clock {
  now(): Date;
}

export const systemClock: Clock = { now: () => new Date() };

/** Shifts a moment by milliseconds. */
export function later(from: Date, ms: number): Date {
  return new Date(from.getTime() + ms);
}

export const hourSeconds = 3_600;
export const daySeconds = 24 * hourSeconds;
export const minuteMs = 60_000;
export const hourMs = 1_000 * hourSeconds;
export const dayMs = 1_000 * daySeconds;
