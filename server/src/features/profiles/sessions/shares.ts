import type { EngineName } from '../../../engines/port.ts';
import type { Presence } from '../../../platform/presence.ts';
import type { Lease, LeaseStore } from '../leases.store.ts';

/** What no node has a reason to leave to another is taken in portions of this size. */
const takenAtOnceMax = 100;
/** Profiles that change their node at once; each is away for the moment of a login. */
const movedAtOnceMax = 4;

/**
 * This node's fair part of the profiles. What is free is shared out as it becomes free; what another node holds is
 * asked for, a few at a time, after nodes have come or gone, until no node has two more than another.
 */
export function createShares(deps: {
  leases: LeaseStore;
  presence: Presence;
  /** How long a profile may be without owner before a node takes it that has its part already. */
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

    /** Takes what is free, as far as it is this node's part, and what the others leave. */
    async takeFree(): Promise<Lease[]> {
      const present = presence.nodes();
      const engines = usable();
      if (!present) return leases.acquire({ engines, limit: takenAtOnceMax });
      if (present.length === 1) return leases.acquire({ engines, present });
      const part = Math.ceil((await leases.countWanted(engines)) / present.length);
      const limit = Math.max(0, part - deps.holding());
      const mine = limit > 0 ? await leases.acquire({ engines, present, limit }) : [];
      const freeSeconds = deps.patienceSeconds;
      return [...mine, ...(await leases.acquire({ engines, limit: takenAtOnceMax, freeSeconds }))];
    },

    /** Asks the node that holds most for some of its profiles, when that evens things out. */
    async even(self: string): Promise<void> {
      const present = presence.nodes();
      if (isSettled || !present) return;
      const shares = await leases.shares(present);
      const held = (id: string) => shares.find((one) => one.nodeId === id)?.held ?? 0;
      const most = shares.reduce((some, one) => (one.held > some.held ? one : some));
      const least = Math.min(...shares.map((one) => one.held));
      isSettled = most.held - least < 2;
      const tooFew = Math.floor((most.held - held(self)) / 2);
      const waiting = shares.reduce((sum, one) => sum + one.askedFor, 0);
      if (tooFew < 1 || waiting > 0) return;
      await leases.ask(most.nodeId, Math.min(tooFew, movedAtOnceMax), usable());
    },
  };
}
