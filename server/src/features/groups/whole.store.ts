import { type Insertable, type Selectable, sql } from 'kysely';
import type { Tx } from '../../platform/db/transaction.ts';
import type { GroupsTable } from './groups.tables.ts';

export type GroupRow = Selectable<GroupsTable>;

/** The rows of these groups, locked; those of one profile always in the same order. */
export function lockGroups(tx: Tx, profileId: string, chats: readonly string[]): Promise<GroupRow[]> {
  return tx
    .selectFrom('groups')
    .selectAll()
    .where('profile_id', '=', profileId)
    .where('chat', 'in', [...chats])
    .orderBy('chat')
    .forUpdate()
    .execute();
}

/** Those we are in that are not among these chats, locked. */
export async function lockOthers(tx: Tx, profileId: string, chats: readonly string[]): Promise<GroupRow[]> {
  const { rows } = await sql<GroupRow>`select * from groups
    where profile_id = ${profileId} and left_at is null and not (chat = any(${[...chats]}::text[]))
    order by chat for update`.execute(tx);
  return rows;
}

/** Writes whole rows, one statement for all; what identifies a row and its place in lists stay. */
export async function writeGroups(tx: Tx, rows: readonly Insertable<GroupsTable>[]): Promise<void> {
  if (rows.length === 0) return;
  await tx
    .insertInto('groups')
    .values([...rows])
    .onConflict((oc) =>
      oc.columns(['profile_id', 'chat']).doUpdateSet((eb) => ({
        kind: eb.ref('excluded.kind'),
        parent: eb.ref('excluded.parent'),
        subject: eb.ref('excluded.subject'),
        description: eb.ref('excluded.description'),
        owner_phone: eb.ref('excluded.owner_phone'),
        owner_lid: eb.ref('excluded.owner_lid'),
        founded_at: eb.ref('excluded.founded_at'),
        only_admins_write: eb.ref('excluded.only_admins_write'),
        only_admins_edit: eb.ref('excluded.only_admins_edit'),
        everybody_adds: eb.ref('excluded.everybody_adds'),
        admins_approve: eb.ref('excluded.admins_approve'),
        expiration: eb.ref('excluded.expiration'),
        member_count: eb.ref('excluded.member_count'),
        members_hash: eb.ref('excluded.members_hash'),
        own_role: eb.ref('excluded.own_role'),
        invite_code: eb.ref('excluded.invite_code'),
        left_at: eb.ref('excluded.left_at'),
        fetched_at: eb.ref('excluded.fetched_at'),
        updated_at: eb.ref('excluded.updated_at'),
      })),
    )
    .execute();
}

/** WhatsApp told them as they are. */
export async function confirmGroups(tx: Tx, ids: readonly string[], now: Date): Promise<void> {
  if (ids.length === 0) return;
  await sql`update groups set fetched_at = ${now} where id = any(${[...ids]}::uuid[])`.execute(tx);
}

/** What is known of the picture of a group. */
export async function notePicture(
  tx: Tx,
  id: string,
  { version, mediaId, isKnown }: { version: string | null; mediaId: string | null; isKnown: boolean },
): Promise<void> {
  await tx
    .updateTable('groups')
    .set({ picture_version: version, picture_media_id: mediaId, picture_known: isKnown })
    .where('id', '=', id)
    .execute();
}

/** When all groups of a profile were last told; undefined before the first time. */
export async function lastSync(tx: Tx, profileId: string): Promise<Date | undefined> {
  const row = await tx
    .selectFrom('group_syncs')
    .select('fetched_at')
    .where('profile_id', '=', profileId)
    .executeTakeFirst();
  return row?.fetched_at;
}

export async function noteSync(
  tx: Tx,
  { organizationId, profileId }: { organizationId: string; profileId: string },
  now: Date,
): Promise<void> {
  await tx
    .insertInto('group_syncs')
    .values({ profile_id: profileId, organization_id: organizationId, fetched_at: now })
    .onConflict((oc) => oc.column('profile_id').doUpdateSet({ fetched_at: now }))
    .execute();
}

/** The addresses of a profile's own account, in digits. */
export async function accountOf(
  tx: Tx,
  profileId: string,
): Promise<{ phone: string | null; lid: string | null } | undefined> {
  const row = await tx
    .selectFrom('profiles')
    .select(['phone_number', 'lid'])
    .where('id', '=', profileId)
    .executeTakeFirst();
  return row && { phone: row.phone_number, lid: row.lid };
}
