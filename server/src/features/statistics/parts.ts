import type { Static } from 'typebox';
import type { Tenancy } from '../../platform/tenancy.ts';
import type { AutomationStatistics, BroadcastStatistics } from './statistics.schema.ts';

/** Which of its rows a feature counts: those of the tenancy, or of one profile of it. */
export interface Part {
  tenancy: Tenancy;
  profileId?: string | undefined;
}

/** What broadcasts tell of themselves: they keep the counts, and bring them. */
export interface BroadcastCounts {
  total(part: Part): Promise<number>;
  statistics(part: Part): Promise<Static<typeof BroadcastStatistics>>;
}

/** The same of automations. */
export interface AutomationCounts {
  statistics(part: Part): Promise<Static<typeof AutomationStatistics>>;
}

/** Of a server that has no broadcasts. */
export const noBroadcasts: BroadcastCounts = {
  total: async () => 0,
  statistics: async () => ({
    total: 0,
    byStatus: {},
    messages: { sent: 0, delivered: 0, failed: 0 },
    deliveryRate: 0,
    recentBroadcasts: [],
  }),
};

/** Of a server that has no automations. */
export const noAutomations: AutomationCounts = {
  statistics: async () => ({
    ...{ total: 0, active: 0, inactive: 0, totalTriggers: 0 },
    ...{ byType: {}, topAutomations: [] },
  }),
};
