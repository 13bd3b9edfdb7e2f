import type { TriggerKind } from './trigger.ts';

/** Nothing had come from this person before. */
export const newContact: TriggerKind = {
  types: ['new_contact', 'first_message'],
  needsPast: true,
  problems: () => [],
  matches: (_, { isNew }) => (isNew ? { note: 'The first message of this person.' } : undefined),
};
