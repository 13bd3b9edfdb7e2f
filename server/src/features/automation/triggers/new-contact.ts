import { dayMs } from '../../../platform/clock.ts';
import { problemsOfNumber } from '../match/read.ts';
import type { TriggerKind } from './trigger.ts';

/** Nothing had come from this person before. */
export const newContact: TriggerKind = {
  types: ['new_contact'],
  problems: () => [],
  matches: (_, { isNew }) => (isNew ? { note: 'The first message of this person.' } : undefined),
};

const daysMax = 3_650;

/** Nothing had come from this person before, or for so many `days`. */
export const firstMessage: TriggerKind = {
  types: ['first_message'],
  problems: ({ days }, path) =>
    days === undefined ? [] : problemsOfNumber(days, `${path}/days`, 1, daysMax),
  matches({ days }, { isNew, arrival, past, now }) {
    if (isNew) return { note: 'The first message of this person.' };
    const isLong =
      typeof days === 'number' &&
      !arrival.isGroup &&
      past.inAt !== null &&
      now.getTime() - past.inAt.getTime() >= days * dayMs;
    return isLong ? { note: `The first message of this person for ${days} days.` } : undefined;
  },
};
