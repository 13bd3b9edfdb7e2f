import { isTypeIn, problemsOfTexts } from '../match/read.ts';
import type { TriggerKind } from './trigger.ts';

/** The message is of one of its types. */
export const messageType: TriggerKind = {
  types: ['message_type'],
  problems: ({ types }, path) => problemsOfTexts(types, `${path}/types`),
  matches: ({ types }, { arrival }) =>
    isTypeIn(arrival.type, types) ? { note: `A message of type ${arrival.type}.` } : undefined,
};
