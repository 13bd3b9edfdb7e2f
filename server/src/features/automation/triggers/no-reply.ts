import { problemsOfNumber } from '../match/read.ts';
import type { TriggerKind } from './trigger.ts';

const minutesMax = 60 * 24 * 30;
const sides = ['us', 'person'];

/**
 * Somebody waits for an answer of ours (`waitingFor: us`), or has not answered us (`person`), for so many `minutes`. With
 * `onlyPeople` what is said automatically is no answer of ours.
 */
export const noReply: TriggerKind = {
  types: ['no_reply'],
  firedBy: () => 'time',
  problems: ({ minutes, waitingFor = 'us', onlyPeople = false }, path) => [
    ...problemsOfNumber(minutes, `${path}/minutes`, 1, minutesMax),
    ...(sides.includes(String(waitingFor))
      ? []
      : [{ path: `${path}/waitingFor`, problem: `must be one of ${sides.join(', ')}` }]),
    ...(typeof onlyPeople === 'boolean'
      ? []
      : [{ path: `${path}/onlyPeople`, problem: 'must be true or false' }]),
  ],
  matches: () => undefined,
};
