import { sql } from 'kysely';
import type { Keeps } from '../platform/keeps/keeps.ts';
import { ofOrganization } from '../platform/keeps/section.ts';

export const idempotencyKeeps: Keeps = {
  withheld: { idempotency_keys: 'answers given before, whose content is shown where it lives' },
  ofPerson: [
    {
      place: 70,
      // What was answered to repeated requests may tell of the person.
      async erase(tx, { id, organizationId, email }) {
        const { numAffectedRows = 0n } = await sql`
          delete from idempotency_keys where organization_id = ${organizationId}
            and (caller = ${`user ${id}`} or strpos(concat(key, body::text), ${id}) > 0
              or strpos(concat(key, body::text), trim(both '"' from to_jsonb(${email}::text)::text)) > 0)`.execute(
          tx,
        );
        return Number(numAffectedRows);
      },
    },
  ],
  rows: [{ place: 130, table: 'idempotency_keys', of: ofOrganization }],
};
