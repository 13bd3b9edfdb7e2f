import type { TestDoor } from '../../../test/door.ts';
import { type AuditEntry, type AuditedBy, createAuditLog } from '../../platform/audit/record.ts';

/** Writes entries as features do, one second apart, oldest first. */
export async function write(door: TestDoor, by: AuditedBy, entries: AuditEntry[]): Promise<void> {
  const audit = createAuditLog({ clock: door.clock });
  for (const entry of entries) {
    await audit.record(door.house.database.db, by, entry);
    door.clock.advance(1);
  }
}
