import Type from 'typebox';
import { hourSeconds } from '../../platform/clock.ts';
import { defineJob } from '../../platform/jobs/define.ts';

/** Runs from the start each time: what an interrupted attempt wrote is thrown away. */
export const makeExport = defineJob({
  name: 'gdpr.make-export',
  payload: Type.Object({ exportId: Type.String() }),
  onceKey: ({ exportId }) => exportId,
  attemptsMax: 12,
  timeoutSeconds: 4 * hourSeconds,
});

/** Goes on where it was interrupted, as often as it takes. */
export const eraseOrganization = defineJob({
  name: 'gdpr.erase-organization',
  payload: Type.Object({ organizationId: Type.String() }),
  onceKey: ({ organizationId }) => organizationId,
  attemptsMax: 100,
  timeoutSeconds: 4 * hourSeconds,
});
