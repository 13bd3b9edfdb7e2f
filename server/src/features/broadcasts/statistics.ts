import type { Db } from '../../platform/db/transaction.ts';
import type { Tenancy } from '../../platform/tenancy.ts';
import { presentStats } from './broadcasts.present.ts';
import type { BroadcastStore } from './broadcasts.store.ts';
import { countsOf } from './count/counters.store.ts';
import { talliesOf } from './tallies.store.ts';

const recentMax = 5;

interface Which {
  tenancy: Tenancy;
  profileId?: string | undefined;
}

/** What broadcasts tell of themselves to statistics, from their counters. */
export function createCounts({ db, store }: { db: Db; store: Pick<BroadcastStore, 'list'> }) {
  const sum = (numbers: readonly number[]) => numbers.reduce((all, one) => all + one, 0);
  return {
    total: async (which: Which): Promise<number> => sum((await talliesOf(db, which)).map(({ n }) => n)),

    async statistics({ tenancy, profileId }: Which) {
      const [tallies, recent] = await Promise.all([
        talliesOf(db, { tenancy, profileId }),
        store.list(tenancy, { kind: 'broadcast', profileId }, { limit: recentMax, offset: 0 }),
      ]);
      const counts = await countsOf(
        db,
        recent.map(({ id }) => id),
      );
      const sent = sum(tallies.map((row) => row.sent));
      const delivered = sum(tallies.map((row) => row.delivered));
      return {
        total: sum(tallies.map(({ n }) => n)),
        byStatus: Object.fromEntries(tallies.map(({ status, n }) => [status, n])),
        messages: { sent, delivered, failed: sum(tallies.map((row) => row.failed)) },
        deliveryRate: sent === 0 ? 0 : Math.round((delivered / sent) * 100),
        recentBroadcasts: recent.map(({ id, name, status, created_at }) => ({
          ...{ id, name, status, stats: presentStats(counts.get(id)), createdAt: created_at.toISOString() },
        })),
      };
    },
  };
}
