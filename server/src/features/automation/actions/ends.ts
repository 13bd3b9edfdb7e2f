import type { ActionKind } from './action.ts';

/** Nothing behind this rule is looked at for the message. That is decided when the rule starts. */
export const stopProcessing: ActionKind = {
  types: ['stop_processing'],
  problems: () => [],
  act: () => ({ is: 'done' }),
};

/** The run is over. */
export const end: ActionKind = {
  types: ['end'],
  problems: () => [],
  act: () => ({ is: 'end' }),
};
