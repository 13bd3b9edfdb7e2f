import type { Db, Tx } from '../../platform/db/transaction.ts';
import { Failure } from '../../platform/failures.ts';
import { isUuid } from '../../platform/ids.ts';
import { holdProfile } from '../../platform/known-profiles.store.ts';
import { reaches } from '../../platform/reach.ts';
import type { Tenancy } from '../../platform/tenancy.ts';
import { findSender, type Sender } from './senders.store.ts';

const knownMax = 5000;
/** A changed country or engine takes effect within this time; a deleted profile at once, for the row is joined. */
const knownMs = 2000;

/** Profiles as senders, remembered for a moment so that a stream of sends does not ask for each. */
export function createSenders(db: Db) {
  const known = new Map<string, { sender: Sender; untilMs: number }>();

  async function find(tx: Db | Tx, { organizationId }: Tenancy, profileId: string): Promise<Sender> {
    if (!isUuid(profileId)) throw new Failure('PROFILE_NOT_FOUND');
    const sender = await findSender(tx, organizationId, profileId);
    if (!sender) throw new Failure('PROFILE_NOT_FOUND');
    return sender;
  }

  async function ofOrganization(tx: Db | Tx, tenancy: Tenancy, profileId: string): Promise<Sender> {
    const remembered = known.get(profileId);
    const fresh = remembered && remembered.untilMs > performance.now();
    if (fresh && remembered.sender.organizationId === tenancy.organizationId) return remembered.sender;
    const sender = await find(tx, tenancy, profileId);
    if (known.size >= knownMax) known.clear();
    known.set(profileId, { sender, untilMs: performance.now() + knownMs });
    return sender;
  }

  return {
    /** Asks anew, inside a transaction that is to depend on it. @throws Failure PROFILE_NOT_FOUND */
    async confirm(tx: Tx, sender: { organizationId: string; profileId: string }): Promise<void> {
      if (await holdProfile(tx, sender.organizationId, sender.profileId)) return;
      known.delete(sender.profileId);
      throw new Failure('PROFILE_NOT_FOUND');
    },

    /** @throws Failure PROFILE_NOT_FOUND for an unknown profile and for one that is not of the tenancy. */
    async get(tenancy: Tenancy, profileId: string, tx: Db | Tx = db): Promise<Sender> {
      const sender = await ofOrganization(tx, tenancy, profileId);
      if (!reaches(tenancy.reach, sender)) throw new Failure('PROFILE_NOT_FOUND');
      return sender;
    },
  };
}

export type Senders = ReturnType<typeof createSenders>;
