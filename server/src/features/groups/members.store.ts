import { type Selectable, sql } from 'kysely';
import type { Tx } from '../../platform/db/transaction.ts';
import type { GroupMembersTable } from './groups.tables.ts';

export type MemberRow = Selectable<GroupMembersTable>;

/** Bare digits of the addresses of some people. */
export interface Named {
  phones: string[];
  lids: string[];
}

/** All members of these groups, whose rows are locked. */
export function membersOf(tx: Tx, groupIds: readonly string[]): Promise<MemberRow[]> {
  return tx
    .selectFrom('group_members')
    .selectAll()
    .where('group_id', 'in', [...groupIds])
    .execute();
}

/** Those of the members of a group that are named, by whichever address. */
export async function membersNamed(tx: Tx, groupId: string, { phones, lids }: Named): Promise<MemberRow[]> {
  const { rows } = await sql<MemberRow>`
    select * from group_members where group_id = ${groupId} and phone = any(${phones}::text[])
    union select * from group_members where group_id = ${groupId} and lid = any(${lids}::text[])`.execute(tx);
  return rows;
}

/** The changes of many members, each kind in one statement. */
export async function writeMembers(
  tx: Tx,
  { joined, left, changed }: { joined: MemberRow[]; left: MemberRow[]; changed: MemberRow[] },
): Promise<void> {
  if (left.length > 0) {
    await sql`delete from group_members m using unnest(${left.map((row) => row.group_id)}::uuid[],
        ${left.map((row) => row.address)}::text[]) as gone (group_id, address)
      where m.group_id = gone.group_id and m.address = gone.address`.execute(tx);
  }
  const rows = [...joined, ...changed];
  if (rows.length > 0) {
    await sql`insert into group_members (group_id, address, organization_id, phone, lid, role)
      select * from unnest(${rows.map((row) => row.group_id)}::uuid[], ${rows.map((row) => row.address)}::text[],
        ${rows.map((row) => row.organization_id)}::uuid[], ${rows.map((row) => row.phone)}::text[],
        ${rows.map((row) => row.lid)}::text[], ${rows.map((row) => row.role)}::text[])
      on conflict (group_id, address) do update
        set phone = excluded.phone, lid = excluded.lid, role = excluded.role`.execute(tx);
  }
}

/** They are of no group any more that we could look into. */
export async function forgetMembers(tx: Tx, groupIds: readonly string[]): Promise<void> {
  await tx
    .deleteFrom('group_members')
    .where('group_id', 'in', [...groupIds])
    .execute();
}
