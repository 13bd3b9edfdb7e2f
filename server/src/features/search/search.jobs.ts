import Type from 'typebox';
import { defineJob } from '../../platform/jobs/define.ts';

/** Gathers the words of messages that no event tells of: the past of phones, and what is older than search. */
export const gatherWords = defineJob({
  name: 'search.gather-words',
  payload: Type.Object({}),
  onceKey: () => 'all',
  cron: '*/10 * * * *',
  attemptsMax: 3,
  timeoutSeconds: 120,
});
