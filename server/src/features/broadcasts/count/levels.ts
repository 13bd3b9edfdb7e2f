/** How far a recipient is, as the table of recipients keeps it. */
export const level = {
  pending: 0,
  deferred: 1,
  queued: 2,
  sent: 3,
  delivered: 4,
  read: 5,
  failed: 6,
  skipped: 7,
  cancelled: 8,
} as const;

/** Who writes within so many hours has answered. */
export const replyHoursUsual = 72;
export const replyHoursMax = 720;

/** How far a recipient is, in the words of the API: who waits, for whatever, is `pending`. */
export const publicStates = [
  'pending',
  'sent',
  'delivered',
  'read',
  'failed',
  'skipped',
  'cancelled',
] as const;
export type PublicState = (typeof publicStates)[number];

export type LevelName = keyof typeof level;
export type Level = (typeof level)[LevelName];

export const levelNames = Object.keys(level) as LevelName[];

export const nameOfLevel = (value: number): LevelName => levelNames[value] ?? 'pending';

/** What people did with it, beside how far it came. */
const reactions = ['replied', 'opted_out'] as const;
export const countNames = [...levelNames, ...reactions];
export type Counts = Record<(typeof countNames)[number], number>;

export const noCounts = (): Counts =>
  Object.fromEntries(countNames.map((name) => [name, 0])) as unknown as Counts;

/** The counters that count a recipient of this level: who has read it was sent it, too. */
export function countedAs(at: number): LevelName[] {
  const name = nameOfLevel(at);
  const reached: readonly LevelName[] = ['sent', 'delivered', 'read'];
  const far = reached.indexOf(name);
  return far < 0 ? [name] : reached.slice(0, far + 1);
}

/** Adds to the counts what a recipient changes by its step. */
export function countStep(counts: Counts, from: number, to: number): void {
  for (const name of countedAs(from)) counts[name] -= 1;
  for (const name of countedAs(to)) counts[name] += 1;
}

/**
 * Where a recipient stands after the event of its message tells `told`. It only moves forward; what had failed may turn
 * out to have arrived, and what was given up may not.
 */
export function stepped(from: number, told: Level): number {
  if (from === level.skipped || from === level.cancelled) return from;
  if (from === level.failed) return told >= level.sent && told <= level.read ? told : from;
  if (from >= level.sent && told === level.cancelled) return from;
  return Math.max(from, told);
}
