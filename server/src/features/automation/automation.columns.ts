import { createHash } from 'node:crypto';
import type { CountedRow } from './automation.store.ts';
import type { Definition } from './program/definition.ts';

/** What a new automation is made of, beside what it does. */
export interface NewAutomation extends Omit<Definition, 'settings'> {
  profileId: string;
  name: string;
  settings: Definition['settings'];
  cooldownSecs: number;
  maxTriggersPerDay: number | null;
  /** Undefined: on if it can run. */
  isActive: boolean | undefined;
  /** Undefined: behind all others. */
  priority: number | undefined;
}

export type AutomationChange = Partial<Omit<NewAutomation, 'profileId' | 'kind'>>;

/** All that is stored of an automation by whoever makes it. */
type Whole = Omit<NewAutomation, 'isActive' | 'priority'>;

/** An automation with a change; what is absent stays. */
export function wholeOf(row: CountedRow, change: AutomationChange): Whole {
  const before: Whole = {
    ...{ profileId: row.profile_id, name: row.name, kind: row.kind },
    ...{ triggerType: row.trigger_type, triggerConfig: row.trigger_config },
    ...{ conditions: row.conditions, actions: row.actions, graph: row.graph, settings: row.settings },
    ...{ cooldownSecs: row.cooldown_secs, maxTriggersPerDay: row.max_triggers_per_day },
  };
  const { isActive: _, priority: __, ...given } = change;
  const whole = { ...before, ...given };
  if (row.kind === 'autoreply') return whole;
  return { ...whole, kind: whole.graph ? 'flow' : 'rule' };
}

/** The same as columns. */
export function columnsOf(whole: Whole) {
  return {
    ...{ kind: whole.kind, name: whole.name, trigger_type: whole.triggerType },
    trigger_config: JSON.stringify(whole.triggerConfig),
    conditions: JSON.stringify(whole.conditions),
    actions: JSON.stringify(whole.actions),
    graph: whole.graph && JSON.stringify(whole.graph),
    settings: JSON.stringify(whole.settings),
    ...{ cooldown_secs: whole.cooldownSecs, max_triggers_per_day: whole.maxTriggersPerDay },
  };
}

/** Whether it does what it did before. */
export function sameProgram(row: CountedRow, whole: Whole): boolean {
  const partsOf = ({ kind, triggerType, triggerConfig, conditions, actions, graph, settings }: Whole) =>
    JSON.stringify([kind, triggerType, triggerConfig, conditions, actions, graph, settings]);
  return partsOf(wholeOf(row, {})) === partsOf(whole);
}

/** Without texts of people; of a graph only that it is another one. */
export function audited(row: CountedRow): Record<string, unknown> {
  return {
    ...{ name: row.name, isActive: row.is_active, priority: row.priority, triggerType: row.trigger_type },
    ...{ cooldownSecs: row.cooldown_secs, maxTriggersPerDay: row.max_triggers_per_day },
    ...{ version: row.version, settings: row.settings },
    graph: row.graph && createHash('sha256').update(JSON.stringify(row.graph)).digest('hex').slice(0, 16),
  };
}
