import type { Json } from '../../platform/db/json-column.ts';
import type { CountedRow } from './automation.store.ts';
import type { RunRow } from './automation.tables.ts';
import type { StepHeaders } from './step-headers.ts';

/** What is counted of it; `today` is the day of its organisation. */
export function statsOf(row: CountedRow, today: string) {
  return {
    triggerCount: row.trigger_count,
    lastTriggered: row.last_triggered?.toISOString() ?? null,
    todayCount: row.day === today ? row.today_count : 0,
  };
}

/** An automation as clients see it. */
export function presentAutomation(row: CountedRow, today: string, stepHeaders: Pick<StepHeaders, 'masked'>) {
  const { actions, graph } = stepHeaders.masked(row.id, row);
  return {
    id: row.id,
    profileId: row.profile_id,
    name: row.name,
    kind: row.kind,
    isActive: row.is_active,
    priority: row.priority,
    triggerType: row.trigger_type,
    triggerConfig: row.trigger_config,
    conditions: row.conditions as Json[],
    actions,
    graph,
    settings: row.settings as Json,
    cooldownSecs: row.cooldown_secs,
    maxTriggersPerDay: row.max_triggers_per_day,
    version: row.version,
    problems: row.problems,
    stats: statsOf(row, today),
    createdAt: row.created_at.toISOString(),
    updatedAt: row.updated_at.toISOString(),
  };
}

/** A run as clients see it. */
export function presentRun(row: RunRow) {
  return {
    id: row.id,
    automationId: row.automation_id ?? '',
    chatId: row.chat,
    status: row.status,
    node: row.node,
    waitingFor: row.waiting_for,
    wakeAt: row.wake_at?.toISOString() ?? null,
    steps: row.steps,
    error: row.error,
    startedAt: row.started_at.toISOString(),
    endedAt: row.ended_at?.toISOString() ?? null,
    expiresAt: row.expires_at?.toISOString() ?? null,
  };
}
