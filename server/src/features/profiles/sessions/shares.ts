import type { EngineName } from '../../../engines/port.ts';
import type { Presence } from '../../../platform/presence.ts';
import type { Lease, LeaseStore } from '../leases.store.ts';

/** Profiles taken at once when this node does not leave them to others. */
const takenAtOnceMax = 100;
/** Profiles that move at once; each is offline for the time of a login. */
const movedAtOnceMax = 4;

/**
 * This node's fair part of the profiles. Nodes share free profiles at once. After nodes have come or gone, they ask
 * each other for profiles, a few at a time, until no node has two more than another.
 */
export function createShares(deps: {
  leases: LeaseStore;
  presence: Presence;
  /** How long a profile may be without an owner before a node takes it that has its part already. */
  patienceSeconds: number;
  usable(): EngineName[];
  holding(): number;
}) {
  const { leases, presence, usable } = deps;
  let isSettled = false;

  return {
    isSettled: () => isSettled,

    /** Nodes have come or gone: parts are compared again. */
    unsettle(): void {
      isSettled = false;
    },

    /** Takes free profiles up to this node's part, and those that the other nodes leave. */
    async takeFree(): Promise<Lease[]> {
      const present = presence.nodes();
      const engines = usable();
      if (!present) return leases.acquire({ engines, limit: takenAtOnceMax });
      if (present.length === 1) return leases.acquire({ engines, present });
      const fairPart = Math.ceil((await leases.countWanted(engines)) / present.length);
      const limit = Math.max(0, fairPart - deps.holding());
      const leasesOfPart = limit > 0 ? await leases.acquire({ engines, present, limit }) : [];
      const freeSeconds = deps.patienceSeconds;
      return [...leasesOfPart, ...(await leases.acquire({ engines, limit: takenAtOnceMax, freeSeconds }))];
    },

    /** Asks the node with the most profiles for some of them, if this one has two fewer. */
    async even(self: string): Promise<void> {
      const present = presence.nodes();
      if (isSettled || !present) return;
      const shares = await leases.shares(present);
      const heldBy = (id: string) => shares.find((share) => share.nodeId === id)?.held ?? 0;
      const most = shares.reduce((largest, share) => (share.held > largest.held ? share : largest));
      const least = Math.min(...shares.map((share) => share.held));
      isSettled = most.held - least < 2;
      const tooFew = Math.floor((most.held - heldBy(self)) / 2);
      const waiting = shares.reduce((sum, share) => sum + share.askedFor, 0);
      if (tooFew < 1 || waiting > 0) return;
      await leases.ask(most.nodeId, Math.min(tooFew, movedAtOnceMax), usable());
    },
  };
}
