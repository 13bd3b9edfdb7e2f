import type { Clock } from '../../../platform/clock.ts';
import type { Tx } from '../../../platform/db/transaction.ts';
import { Failure } from '../../../platform/failures.ts';
import { newId } from '../../../platform/ids.ts';
import type { Effect } from '../actions/action.ts';
import type { RunRow } from '../automation.tables.ts';
import type { Arrival } from '../match/facts.ts';
import { lifeMsOf } from '../program/life.ts';
import type { RunStore } from './runs.store.ts';
import type { RunState, RunTrigger } from './state.ts';
import { dayIn } from './zone.ts';

/** A run behind which more automations stand starts nothing more. */
export const depthMax = 3;

/** Begins another automation of the profile behind a run; answers its run. @throws Failure where it does not begin */
export type StartOther = (
  tx: Tx,
  run: RunRow,
  arrival: Arrival,
  effect: Effect & { do: 'start' },
) => Promise<string>;

export function createStartOther(deps: {
  clock: Clock;
  runs: Pick<RunStore, 'current' | 'start'>;
  zoneOf(organizationId: string, from: Tx): Promise<string | undefined>;
}): StartOther {
  return async (tx, run, arrival, { automationId, vars }) => {
    const depth = ((run.state as unknown as RunState).depth ?? 0) + 1;
    if (depth > depthMax) {
      throw new Failure('AUTOMATION_OFF', {
        says: `It was started by an automation that was started by another, ${depthMax} deep: it starts none.`,
      });
    }
    const other = await deps.runs.current(tx, run.profile_id, automationId);
    const node = other?.program.triggers.find(({ start }) => start !== null)?.start;
    if (!other || !node) throw new Failure('AUTOMATION_OFF');
    const now = deps.clock.now();
    const { isNew } = run.trigger as unknown as RunTrigger;
    const day = dayIn(now, await deps.zoneOf(run.organization_id, tx));
    const id = await deps.runs.start(
      tx,
      {
        ...{ organizationId: run.organization_id, profileId: run.profile_id, chat: run.chat, who: run.who },
        ...{ isExclusive: other.program.kind === 'flow', node, version: other.version, vars: { ...vars } },
        ...{
          trigger: { ...arrival, isNew },
          originEvent: newId(),
          now,
          depth,
          lifeMs: lifeMsOf(other.program),
        },
      },
      { automationId, cooldownSecs: other.cooldownSecs, day },
    );
    if (id === undefined) {
      throw new Failure('AUTOMATION_OFF', { says: 'It does not begin: a limit of it is reached.' });
    }
    return id;
  };
}
