import type { Tx } from '../../../platform/db/transaction.ts';
import { Failure } from '../../../platform/failures.ts';
import type { AssignTo } from '../../conversations/index.ts';
import type { Effect } from '../actions/action.ts';
import type { RunRow } from '../automation.tables.ts';
import type { RunStore } from './runs.store.ts';

/** Gives the conversation of a run to a member, or to the next of several; answers to whom. @throws Failure */
export type GiveTo = (
  tx: Tx,
  run: RunRow,
  effect: Effect & { do: 'assign' },
) => Promise<{ assignedUserId: string | null; agentName: string | null }>;

export function createGiveTo(deps: { assign: AssignTo; runs: Pick<RunStore, 'nextTurn'> }): GiveTo {
  return async (tx, run, { userId, among = [] }) => {
    const whose = { organizationId: run.organization_id, profileId: run.profile_id };
    const to = async (id: string | null) => ({
      ...{ assignedUserId: id, agentName: await deps.assign(tx, whose, run.chat, id) },
    });
    if (among.length === 0) return to(userId);
    const turn = await deps.runs.nextTurn(tx, String(run.automation_id));
    const inTurn = among.map((_, n) => String(among[(turn + n) % among.length]));
    let refused: Failure | undefined;
    for (const id of inTurn) {
      try {
        return await to(id);
      } catch (error) {
        // Who left, or may not read it any more, is passed over.
        if (!(error instanceof Failure) || error.status >= 500) throw error;
        refused = error;
      }
    }
    throw refused;
  };
}
