import type { TriggerKind } from './trigger.ts';

/** No message starts it: `POST /automation/:id/trigger` does. */
export const byRequest: TriggerKind = {
  types: ['webhook'],
  firedBy: () => 'request',
  problems: () => [],
  matches: () => undefined,
};
