import type { Json } from '../../../platform/db/json-column.ts';
import { problemsOfNumber } from '../match/read.ts';
import type { ActionKind } from './action.ts';
import { variableName } from './variables.ts';

const secondsMax = 365 * 86_400;
const secondsOf: Readonly<Record<string, number>> = { seconds: 1, minutes: 60, hours: 3_600, days: 86_400 };

/** As actions say it (`seconds`), or as the canvas does (`duration` and `unit`); undefined when neither is a time. */
function delaySeconds({ seconds, delaySeconds: old, duration, unit = 'seconds' }: Json): number | undefined {
  const plain = seconds ?? old;
  if (typeof plain === 'number') return plain;
  const scale = Object.hasOwn(secondsOf, String(unit)) ? secondsOf[String(unit)] : undefined;
  return typeof duration === 'number' && scale !== undefined ? Math.round(duration * scale) : undefined;
}

/** Goes on later. */
export const delay: ActionKind = {
  types: ['delay'],
  problems: (config, path) => problemsOfNumber(delaySeconds(config), `${path}/seconds`, 0, secondsMax),
  act: (config) => ({ is: 'wait', for: 'time', ms: (delaySeconds(config) ?? 0) * 1_000 }),
};

const timeoutDefault = 86_400;

/** Waits for what the person says next; it starts nothing else. Exits are `reply` and `timeout`. */
export const waitReply: ActionKind = {
  types: ['wait_reply'],
  exits: () => ['reply', 'timeout'],
  problems: ({ timeoutSeconds, variable }, path) => [
    ...(timeoutSeconds === undefined
      ? []
      : problemsOfNumber(timeoutSeconds, `${path}/timeoutSeconds`, 1, secondsMax)),
    ...(variable === undefined || variableName(variable)
      ? []
      : [{ path: `${path}/variable`, problem: 'must be a name of letters, digits and _' }]),
  ],
  act: ({ timeoutSeconds = timeoutDefault, variable }) => ({
    ...{ is: 'wait', for: 'reply', ms: Number(timeoutSeconds) * 1_000 },
    ...(variableName(variable) && { variable: String(variable) }),
  }),
};
