import type { Tx } from '../../platform/db/transaction.ts';
import { newId } from '../../platform/ids.ts';
import { systemRoles } from '../access/index.ts';

/** Gives an organisation the system roles it lacks; a name that is taken by a role of its own is left to it. */
export async function seedRoles(tx: Tx, organizationId: string, now: Date): Promise<void> {
  await tx
    .insertInto('roles')
    .values(
      systemRoles.map(({ key, name }) => ({
        id: newId(),
        organization_id: organizationId,
        name,
        description: null,
        system_key: key,
        created_at: now,
        updated_at: now,
      })),
    )
    .onConflict((conflict) => conflict.doNothing())
    .execute();
}
