import Type from 'typebox';
import { defineJob } from '../../platform/jobs/define.ts';

/** Counts the messages that were there before statistics. */
export const countOlderMessages = defineJob({
  name: 'statistics.count-older-messages',
  payload: Type.Object({}),
  onceKey: () => 'all',
  cron: '*/10 * * * *',
  attemptsMax: 3,
  timeoutSeconds: 120,
});

/** Adds up by how much contacts have changed. */
export const countContacts = defineJob({
  name: 'statistics.count-contacts',
  payload: Type.Object({}),
  onceKey: () => 'all',
  cron: '*/10 * * * *',
  attemptsMax: 3,
  timeoutSeconds: 120,
});

/** Counts days by other clocks, when an organisation has changed its zone. */
export const countDaysAnew = defineJob({
  name: 'statistics.count-days-anew',
  payload: Type.Object({ organizationId: Type.String() }),
  onceKey: ({ organizationId }) => organizationId,
  attemptsMax: 50,
  timeoutSeconds: 3_600,
});
