import type { Json } from '../../../platform/db/json-column.ts';
import type { Problem } from '../../../platform/failures.ts';
import type { Facts } from '../match/facts.ts';

/** What can fire a trigger: a message, something else that happens, a moment, or a request. */
export type FiredBy = 'message' | 'happening' | 'time' | 'request';

/** A kind of trigger, by all its names. */
export interface TriggerKind {
  readonly types: readonly string[];
  /** What keeps it from being switched on. */
  problems(config: Json, path: string): Problem[];
  /** What a message matches by; undefined when it does not start anything. */
  matches(config: Json, facts: Facts): Json | undefined;
  /** A message unless said. */
  firedBy?(config: Json): FiredBy;
}
