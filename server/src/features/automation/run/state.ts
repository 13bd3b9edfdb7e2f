import type { Arrival } from '../match/facts.ts';

/** What a run has to remember between two steps. */
export interface RunState {
  vars: Record<string, string>;
  /** How often each node was done since the person last said something. */
  visits: Record<string, number>;
  /** What answers: set when a wait is over. */
  answer?: Arrival;
  /** What was waited for has happened. */
  hasHappened?: boolean;
  /** The variable that gets the answer. */
  variable?: string;
  /** Of a call under way: how often it was made. */
  calls?: number;
  /** How often its answer was none, of a step that is tried again. */
  tries?: number;
  /** How many automations stand behind this run, each started by the one before. */
  depth?: number;
}

/** What started a run: a message, or a request that names a chat. */
export type RunTrigger = Arrival & { isNew: boolean };

const variablesMax = 100;
const valueLengthMax = 4_096;

/** The state with more variables; what does not fit is left out. Names are never those of other things of an object. */
export function withVars(state: RunState, vars: Readonly<Record<string, string>>): RunState {
  const all = new Map(Object.entries(state.vars));
  for (const [name, value] of Object.entries(vars)) {
    if (name === '__proto__' || (all.size >= variablesMax && !all.has(name))) continue;
    all.set(name, value.slice(0, valueLengthMax).toWellFormed());
  }
  return { ...state, vars: Object.fromEntries(all) };
}
