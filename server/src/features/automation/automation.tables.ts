import type { Generated, GeneratedAlways, Selectable } from 'kysely';
import type { Json, JsonColumn } from '../../platform/db/json-column.ts';
import type { Problem } from '../../platform/failures.ts';
import type { Definition } from './program/definition.ts';
import type { Condition, Program, Settings } from './program/program.ts';

export interface AutomationsTable {
  id: string;
  organization_id: string;
  profile_id: string;
  kind: Program['kind'];
  name: string;
  is_active: boolean;
  /** The smaller is looked at first. */
  priority: number;
  trigger_type: string;
  /** These three as they were given, whatever they are. */
  trigger_config: JsonColumn;
  conditions: JsonColumn<Condition[]>;
  actions: JsonColumn<Json[]>;
  /** Nodes and edges of a flow. */
  graph: JsonColumn | null;
  cooldown_secs: number;
  max_triggers_per_day: number | null;
  settings: JsonColumn<Settings>;
  /** Of its program; a run keeps the one it began with. */
  version: number;
  /** What keeps it from being switched on. */
  problems: JsonColumn<Problem[]>;
  /** What is being worked on and not published yet, of which version, since when and by whom. */
  draft: JsonColumn<Definition> | null;
  draft_of: number | null;
  draft_at: Date | null;
  draft_by: string | null;
  created_at: Date;
  updated_at: Date;
}

interface AutomationVersionsTable {
  automation_id: string;
  version: number;
  program: JsonColumn<Program>;
  /** What it was compiled from; null of versions from before that was kept. */
  definition: JsonColumn<Definition> | null;
  published_by: string | null;
  note: string | null;
  /** What it changed, in words. */
  changes: JsonColumn<string[]> | null;
  created_at: Date;
}

interface AutomationCountsTable {
  automation_id: string;
  trigger_count: Generated<number>;
  last_triggered: Date | null;
  /** The day of the organisation that is counted, as `2026-02-05`. */
  day: string | null;
  today_count: Generated<number>;
  /** Starts of it that were left out, for the profile started too many in a minute. */
  left_out: Generated<number>;
  /** How often somebody of several was chosen. */
  turns: Generated<number>;
}

/** When an automation last answered somebody. */
interface AutomationLimitsTable {
  automation_id: string;
  who: string;
  last_at: Date;
}

export type RunStatus = 'running' | 'waiting' | 'completed' | 'failed' | 'cancelled' | 'stopped' | 'expired';

export interface AutomationRunsTable {
  id: string;
  /** The order of runs within a chat. */
  seq: GeneratedAlways<number>;
  /** Null: a reply hook runs, which `hook` names. */
  automation_id: string | null;
  hook: string | null;
  version: number;
  organization_id: string;
  profile_id: string;
  chat: string;
  /** The chat, and in a group its member, too. */
  who: string;
  /** Of a flow: one at a time in a chat. */
  is_exclusive: boolean;
  status: RunStatus;
  /** What is done next; null at the end. */
  node: string | null;
  state: JsonColumn;
  /** When it goes on; null when it has ended. */
  wake_at: Date | null;
  /** `time`, `reply` or `answer`. */
  waiting_for: string | null;
  steps: Generated<number>;
  trigger: JsonColumn;
  /** An event starts an automation once. */
  origin_event: string;
  error: string | null;
  started_at: Date;
  ended_at: Date | null;
  /** It is over then, wherever it stands; null of runs from before that was said. */
  expires_at: Date | null;
}
export type RunRow = Selectable<AutomationRunsTable>;

interface AutomationStepsTable {
  run_id: string;
  n: number;
  node: string;
  kind: string;
  exit: string | null;
  result: JsonColumn;
  at: Date;
}

/** What automations know of a chat: who answers there, and how much they have said. */
export interface AutomationChatsTable {
  profile_id: string;
  chat: string;
  organization_id: string;
  handling: Generated<string>;
  handling_until: Date | null;
  handled_by: string | null;
  /** Nothing automatic is said before then. */
  silent_until: Date | null;
  /** What may still be said at once. */
  tokens: number;
  tokens_at: Date;
  day: string;
  day_count: Generated<number>;
  /** A hash of what was said last, and how often in a row. */
  last_text: Buffer | null;
  same_count: Generated<number>;
  /** How many rounds in a row were quicker than a person can type. */
  quick_count: Generated<number>;
  updated_at: Date;
}

/** What starts an automation by time: of a schedule the chat is empty. */
interface AutomationDuesTable {
  automation_id: string;
  chat: string;
  organization_id: string;
  profile_id: string;
  due_at: Date;
  /** Of the run that it starts. */
  origin_event: string;
  /** The message that waits for an answer, or how far a schedule has come. */
  state: JsonColumn;
}

/** How deep an event lies that an automation caused. */
interface AutomationCausesTable {
  event_id: string;
  depth: number;
  at: Date;
}

declare module '../../platform/db/tables.ts' {
  interface Tables {
    automations: AutomationsTable;
    automation_versions: AutomationVersionsTable;
    automation_counts: AutomationCountsTable;
    automation_limits: AutomationLimitsTable;
    automation_runs: AutomationRunsTable;
    automation_steps: AutomationStepsTable;
    automation_chats: AutomationChatsTable;
    automation_dues: AutomationDuesTable;
    automation_causes: AutomationCausesTable;
  }
}
