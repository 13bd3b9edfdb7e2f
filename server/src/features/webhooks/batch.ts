import { createHash } from 'node:crypto';
import type { Claim } from './claim.ts';

/** What one request carries. */
interface Parcel {
  body: string;
  messageId: string;
  eventName: string;
}

/** Where a webhook takes several events at once, `X-MultiWA-Event` says this. */
const batchEvent = 'batch';
/** Characters of a list; one event alone may have more. */
const batchCharsMax = 1_000_000;

/**
 * One event as it is, or a list of them. The id of a list is made of the ids of its events, so a repeated request with the
 * same events has the same.
 */
export function parcelOf(claims: readonly [Claim, ...Claim[]]): Parcel {
  const [first] = claims;
  if (first.batch_max === null) {
    return { body: first.body, messageId: first.event_id, eventName: first.event_name };
  }
  return listOf(claims.map(({ event_id: id, body }) => ({ id, body })));
}

export function listOf(events: readonly { id: string; body: string }[]): Parcel {
  const hash = createHash('sha256').update(events.map(({ id }) => id).join());
  return {
    body: `[${events.map(({ body }) => body).join()}]`,
    messageId: `batch_${hash.digest('hex').slice(0, 32)}`,
    eventName: batchEvent,
  };
}

/** How many of these claims fit into one request. */
export function fitting(claims: readonly Claim[], max: number): number {
  let characters = 0;
  const end = claims.findIndex(({ body }, index) => {
    characters += body.length;
    return index >= max || (index > 0 && characters > batchCharsMax);
  });
  return end < 0 ? claims.length : end;
}
