import Type from 'typebox';
import { defineJob } from '../../platform/jobs/define.ts';

/** Makes vectors of what a profile knows and has none yet, or one of another model. */
export const embedKnowledge = defineJob({
  name: 'knowledge.embed',
  payload: Type.Object({ organizationId: Type.String(), profileId: Type.String() }),
  onceKey: ({ profileId }) => profileId,
  ofOneMax: 4,
  attemptsMax: 8,
  backoffSeconds: 20,
  timeoutSeconds: 900,
});
