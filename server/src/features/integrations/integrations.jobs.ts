import Type from 'typebox';
import { hourSeconds } from '../../platform/clock.ts';
import { defineJob } from '../../platform/jobs/define.ts';

const Lane = { organizationId: Type.String(), lane: Type.String() };
const once = ({ organizationId, lane }: { organizationId: string; lane: string }) =>
  `${organizationId} ${lane}`;
/** A lane that fails waits by itself; these are for a node that dies. */
const usual = { attemptsMax: 50, backoffSeconds: 5, timeoutSeconds: hourSeconds, keepSeconds: 60 };

/** Does what waits for Chatwoot in one conversation. */
export const workChatwoot = defineJob({
  name: 'integrations.chatwoot',
  payload: Type.Object(Lane),
  onceKey: once,
  ...usual,
});

/** Does what waits for Typebot in one conversation. */
export const workTypebot = defineJob({
  name: 'integrations.typebot',
  payload: Type.Object(Lane),
  onceKey: once,
  ...usual,
});

/** Tells Chatwoot what was said before it was set up; each run goes on where the last one was interrupted. */
export const tellPast = defineJob({
  name: 'integrations.chatwoot-past',
  payload: Type.Object({
    organizationId: Type.String(),
    profileId: Type.String(),
    since: Type.String(),
  }),
  onceKey: ({ profileId }) => profileId,
  ofOneMax: 4,
  attemptsMax: 20,
  timeoutSeconds: hourSeconds,
});
