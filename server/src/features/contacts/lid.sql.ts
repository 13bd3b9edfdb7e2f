import { type RawBuilder, sql } from 'kysely';
import { contactUpdated, eventOf } from './contacts.events.ts';
import type { ContactRow } from './people.store.ts';

/** A contact as it was read: `version` tells whether somebody has changed it since. */
export type SeenContact = ContactRow & { version: string };

/** The columns of {@link SeenContact}, of contacts called `k`. */
export const seenContact: RawBuilder<unknown> = sql`k.*, k.xmin::text as version`;

/**
 * Parts of a statement in which a contact that was known by its number alone gets its linked identity; nothing happens to one
 * that was changed since it was read. `lock` locks the contact; `give` writes where `when` holds, and answers it; `event` is
 * what to tell of it.
 */
export function givesLid(
  seen: SeenContact,
  lid: string,
  now: Date,
): {
  lock: RawBuilder<unknown>;
  give(when: RawBuilder<unknown>): RawBuilder<unknown>;
  event: { definition: typeof contactUpdated; body: unknown };
} {
  const { version, ...before } = seen;
  const after = { ...before, lid, updated_at: now };
  return {
    lock: sql`select id from contacts where id = ${seen.id} and xmin = ${version}::xid for update`,
    give: (when) => sql`update contacts set lid = ${lid}, updated_at = ${now}
      where id = ${seen.id} and ${when} returning organization_id, profile_id`,
    event: { definition: contactUpdated, body: eventOf(after, { changed: ['lid'] }).body },
  };
}
