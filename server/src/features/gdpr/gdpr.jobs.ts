import Type from 'typebox';
import { hourSeconds } from '../../platform/clock.ts';
import { defineJob } from '../../platform/jobs/define.ts';

/** Each run starts from the beginning and deletes what an interrupted one wrote. */
export const makeExport = defineJob({
  name: 'gdpr.make-export',
  payload: Type.Object({ exportId: Type.String() }),
  onceKey: ({ exportId }) => exportId,
  ofOneMax: 4,
  attemptsMax: 12,
  timeoutSeconds: 4 * hourSeconds,
});

/** Each run continues where the last one was interrupted. */
export const eraseOrganization = defineJob({
  name: 'gdpr.erase-organization',
  payload: Type.Object({ organizationId: Type.String() }),
  onceKey: ({ organizationId }) => organizationId,
  attemptsMax: 100,
  timeoutSeconds: 4 * hourSeconds,
});
