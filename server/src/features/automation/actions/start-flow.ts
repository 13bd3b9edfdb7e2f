import { isUuid } from '../../../platform/ids.ts';
import type { ActionKind } from './action.ts';

/** Begins another automation of the profile in the chat, with the variables of this one; its limits count, its conditions do not. */
export const startFlow: ActionKind = {
  types: ['start_flow'],
  problems: ({ automationId }, path) =>
    typeof automationId === 'string' && isUuid(automationId)
      ? []
      : [{ path: `${path}/automationId`, problem: 'must be the id of an automation of the profile' }],
  act: ({ automationId }, { facts }) => ({
    is: 'done',
    effects: [{ do: 'start', automationId: String(automationId), vars: Object.fromEntries(facts.vars) }],
    data: { automationId },
  }),
};
