import type { Json } from '../../../platform/db/json-column.ts';
import type { Condition, Program, Settings } from './program.ts';

/** An automation as it is stored. */
export interface Definition {
  readonly kind: Program['kind'];
  readonly triggerType: string;
  readonly triggerConfig: Json;
  readonly conditions: readonly Condition[];
  readonly actions: readonly Json[];
  readonly graph: Json | null;
  readonly settings: Settings;
}
