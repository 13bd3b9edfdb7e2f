import { useSyncExternalStore } from 'react';

export interface Connection {
  /** `opening` until the first time it is there. */
  is: 'opening' | 'live' | 'lost';
  /** When something came in last. */
  lastAt: number;
}

const hearers = new Set<() => void>();
let now: Connection = { is: 'opening', lastAt: Date.now() };

export function become(is: Connection['is']): void {
  now = { is, lastAt: is === 'lost' && now.is === 'live' ? Date.now() : now.lastAt };
  for (const hear of hearers) hear();
}

const subscribe = (hear: () => void): (() => void) => {
  hearers.add(hear);
  return () => void hearers.delete(hear);
};

/** Whether what is shown follows the server, and since when it does not. */
export const useConnection = (): Connection => useSyncExternalStore(subscribe, () => now);
