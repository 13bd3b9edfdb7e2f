import { isTypeIn, problemsOfTexts } from '../match/read.ts';
import type { ConditionKind } from './condition.ts';

/** The message is of one of these types. */
export const messageType: ConditionKind = {
  types: ['message_type'],
  problems: ({ types }, path) => problemsOfTexts(types, `${path}/types`),
  decide: ({ types }, { arrival }) => ({
    held: isTypeIn(arrival.type, types),
    why: `The message is of type ${arrival.type}.`,
  }),
};
