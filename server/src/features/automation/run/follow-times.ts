import type { Clock } from '../../../platform/clock.ts';
import { afterCommit, type Tx } from '../../../platform/db/transaction.ts';
import { newId } from '../../../platform/ids.ts';
import type { Program } from '../program/program.ts';
import { nextFiring } from '../triggers/schedule.ts';
import type { DueStore } from './dues.store.ts';
import { zoneDefault } from './zone.ts';

/** Keeps what starts an automation by time in step with it, in the transaction that changes it. */
export type FollowTimes = (
  tx: Tx,
  row: { id: string; organization_id: string; profile_id: string; is_active: boolean },
  program: Program,
) => Promise<void>;

export function createFollowTimes(deps: {
  clock: Clock;
  dues: Pick<DueStore, 'arm' | 'clear'>;
  zoneOf(organizationId: string, from: Tx): Promise<string | undefined>;
  wakeAt(moment: Date): void;
}): FollowTimes {
  return async (tx, row, program) => {
    await deps.dues.clear(tx, row.id);
    const schedule = program.triggers.find(({ type }) => type === 'schedule');
    if (!row.is_active || !schedule) return;
    const zone = (await deps.zoneOf(row.organization_id, tx)) ?? zoneDefault;
    const dueAt = nextFiring(schedule.config, deps.clock.now(), zone);
    if (!dueAt) return;
    const due = {
      ...{ automationId: row.id, chat: '', organizationId: row.organization_id, profileId: row.profile_id },
      ...{ dueAt, originEvent: newId(), state: { firingAt: dueAt.toISOString() } },
    };
    await deps.dues.arm(tx, due, { later: true });
    afterCommit(tx, () => deps.wakeAt(dueAt));
  };
}
