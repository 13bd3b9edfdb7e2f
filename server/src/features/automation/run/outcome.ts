import type { EventToRecord } from '../../../platform/events/record.ts';
import { automationFinished } from '../automation.events.ts';
import type { RunRow, RunStatus } from '../automation.tables.ts';

/** What is told of runs that have ended. */
export function endedEvents(
  runs: readonly (RunRow & { status: RunStatus })[],
  now: Date,
): (EventToRecord & { definition: typeof automationFinished })[] {
  return runs.map((run) => ({
    ...{ definition: automationFinished, organizationId: run.organization_id, profileId: run.profile_id },
    body: {
      ...{ profileId: run.profile_id, automationId: run.automation_id, runId: run.id, chatId: run.chat },
      ...{ status: run.status, error: run.error, timestamp: now.toISOString() },
    },
  }));
}
