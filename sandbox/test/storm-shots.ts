import type { Client } from './client.ts';

export interface Shot {
  readonly from: number;
  readonly to: string;
  readonly text: string;
  /** Sockets that are to hear it. */
  readonly hearers: number[];
}

/** The number of a socket. */
export const number = (index: number): string => `62866600${String(index).padStart(4, '0')}`;

/** A small generator with a seed, 0 to 1. */
export function chances(seed: number): () => number {
  let state = seed;
  return () => {
    state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0;
    return state / 4_294_967_296;
  };
}

/** Who writes what to whom: a quarter to a group, the rest by LID and by number. */
export function aim(index: number, chance: () => number, clients: Client[], groups: string[]): Shot {
  const pick = (count: number): number => Math.floor(chance() * count);
  const from = pick(clients.length);
  const other = (from + 1 + pick(clients.length - 1)) % clients.length;
  const kind = chance();
  const text = `storm ${index}`;
  if (kind < 0.25) {
    const hearers = clients.map((_, each) => each).filter((each) => each !== from);
    return { from, to: groups[pick(groups.length)]!, text, hearers };
  }
  const lid = clients[other]!.creds.me?.lid?.replace(/:\d+@/, '@') ?? '';
  return { from, to: kind < 0.55 ? lid : `${number(other)}@s.whatsapp.net`, text, hearers: [other] };
}
