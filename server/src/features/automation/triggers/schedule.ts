import { Cron } from 'croner';
import type { Json } from '../../../platform/db/json-column.ts';
import type { Problem } from '../../../platform/failures.ts';
import { isUuid } from '../../../platform/ids.ts';
import { isTimeZone } from '../../../platform/time-zone.ts';
import { textsIn } from '../match/read.ts';
import type { TriggerKind } from './trigger.ts';

const recipientsMax = 1_000;
const cronLengthMax = 200;

function cronOf({ cron, timeZone }: Json, zoneDefault: string): Cron | undefined {
  // Five fields: nothing is done more often than each minute.
  if (typeof cron !== 'string' || cron.length > cronLengthMax || cron.trim().split(/\s+/).length !== 5) {
    return undefined;
  }
  const zone = typeof timeZone === 'string' && isTimeZone(timeZone) ? timeZone : zoneDefault;
  try {
    return new Cron(cron.trim(), { timezone: zone, mode: '5-part', paused: true });
  } catch {
    return undefined;
  }
}

/** When a schedule fires next after a moment; undefined when never. */
export function nextFiring(config: Json, after: Date, zoneDefault: string): Date | undefined {
  return cronOf(config, zoneDefault)?.nextRun(after) ?? undefined;
}

const namesIn = (value: unknown) => (textsIn(value)?.length ? textsIn(value) : undefined);

/** Whom a schedule writes to: addresses, or contacts with any of these tags, or of a segment. */
interface Audience {
  to?: string[];
  tags?: string[];
  segmentId?: string;
}

/** Exactly one of `to`, `tags` and `segmentId`; undefined otherwise. */
export function audienceOf({ to, tags, segmentId }: Json): Audience | undefined {
  const audience: Audience = {
    ...(namesIn(to) && { to: namesIn(to) as string[] }),
    ...(namesIn(tags) && { tags: namesIn(tags) as string[] }),
    ...(typeof segmentId === 'string' && isUuid(segmentId) && { segmentId }),
  };
  return Object.keys(audience).length === 1 ? audience : undefined;
}

/** At the times of a `cron` expression, for everybody of an audience. */
export const schedule: TriggerKind = {
  types: ['schedule'],
  firedBy: () => 'time',
  problems(config, path): Problem[] {
    const { timeZone, to } = config;
    const zoneFits = timeZone === undefined || (typeof timeZone === 'string' && isTimeZone(timeZone));
    return [
      ...(cronOf(config, 'UTC')?.nextRun()
        ? []
        : [
            {
              path: `${path}/cron`,
              problem: 'must be five fields of cron that come to a time, such as 0 9 * * 1',
            },
          ]),
      ...(zoneFits
        ? []
        : [{ path: `${path}/timeZone`, problem: 'must be a time zone such as Asia/Jakarta' }]),
      ...(audienceOf(config) ? [] : [{ path, problem: 'must have exactly one of to, tags and segmentId' }]),
      ...((textsIn(to)?.length ?? 0) > recipientsMax
        ? [{ path: `${path}/to`, problem: `must have at most ${recipientsMax} entries` }]
        : []),
    ];
  },
  matches: () => undefined,
};
