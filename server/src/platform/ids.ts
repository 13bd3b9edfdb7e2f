import { v7 } from 'uuid';

const uuidPattern = /^[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}$/i;

/** Whether a text could be an id of ours at all; anything else is answered like an unknown id. */
export function isUuid(text: string): boolean {
  return uuidPattern.test(text);
}

/**
 * A new UUID v7 (RFC 9562). Ids that a process makes later sort later, also within a millisecond: what is listed by
 * id comes in the order it was made in, and indexes stay dense.
 */
export function newId(): string {
  return v7();
}
