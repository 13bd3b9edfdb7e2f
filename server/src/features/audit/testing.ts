import { sql } from 'kysely';
import type { Owner, TestDoor } from '../../../test/door.ts';
import { type AuditEntry, type AuditedBy, createAuditLog } from '../../platform/audit/record.ts';
import { inTransaction } from '../../platform/db/transaction.ts';

/** Writes entries as features do, one second apart, oldest first. */
export async function write(door: TestDoor, by: AuditedBy, entries: AuditEntry[]): Promise<void> {
  const audit = createAuditLog({ clock: door.clock });
  for (const entry of entries) {
    await audit.record(door.house.database.db, by, entry);
    door.clock.advance(1);
  }
}

/** Somebody in an organisation of their own, of which the log tells nothing yet. */
export async function newcomer(door: TestDoor, name?: string): Promise<Owner> {
  const owner = await door.register(name);
  await inTransaction(door.house.database.db, async (tx) => {
    await sql`set local multiwa.erasing = 'on'`.execute(tx);
    await tx.deleteFrom('audit_logs').where('organization_id', '=', owner.user.organizationId).execute();
  });
  return owner;
}
