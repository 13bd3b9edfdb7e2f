import { v7 } from 'uuid';

const uuidPattern = /^[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}$/i;

/** Whether a text has the form of our ids; any other text is answered like an unknown id. */
export function isUuid(text: string): boolean {
  return uuidPattern.test(text);
}

/**
 * A new UUID v7 (RFC 9562). Later ids of a process sort later, also within a millisecond: lists ordered by id are in the
 * order of creation, and indexes stay dense.
 */
export function newId(): string {
  return v7();
}
