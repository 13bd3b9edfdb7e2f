/** A campaign that shares a profile with others. */
export interface Sharer {
  readonly id: string;
  /** Of two with weights 1 and 3 the second gets three turns for each of the first. */
  readonly weight: number;
  readonly virtualTime: number;
  readonly dueAt: Date | null;
}

/** Whose turn it is: among those that are due the one that has had the least, then the one that has waited longest. */
export function choose(sharers: readonly Sharer[], now: Date): Sharer | undefined {
  let chosen: Sharer | undefined;
  for (const one of sharers) {
    if (!one.dueAt || one.dueAt > now) continue;
    if (!chosen || one.virtualTime < chosen.virtualTime || (isSame(one, chosen) && isBefore(one, chosen))) {
      chosen = one;
    }
  }
  return chosen;
}

const isSame = (one: Sharer, other: Sharer) => one.virtualTime === other.virtualTime;
const isBefore = (one: Sharer, other: Sharer) => (one.dueAt?.getTime() ?? 0) < (other.dueAt?.getTime() ?? 0);

/** What it has had after turns in which so many messages were made. */
export function after({ weight, virtualTime }: Pick<Sharer, 'weight' | 'virtualTime'>, messages = 1): number {
  return virtualTime + messages / weight;
}

/** Where one that begins or resumes stands: level with the others, so it neither starves nor catches up. */
export function startsAt(running: readonly Pick<Sharer, 'virtualTime'>[]): number {
  return running.length === 0 ? 0 : Math.min(...running.map(({ virtualTime }) => virtualTime));
}
