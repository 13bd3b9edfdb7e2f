import { type RawBuilder, sql } from 'kysely';
import type { GroupRole, Person } from '../../engines/port.ts';
import { type ChatId, lidChat, phoneChat } from '../../platform/chat-id.ts';
import type { Db, Tx } from '../../platform/db/transaction.ts';
import { isUuid } from '../../platform/ids.ts';
import { behind, type Slice } from '../../platform/slice.ts';
import { isProfileOf, type Tenancy } from '../../platform/tenancy.ts';
import type { GroupRow } from './whole.store.ts';

/** What WhatsApp takes in one message. */
const mentionsMax = 1_024;

/** A group as it is shown; its conversation where there is one. */
export interface ListedGroup extends Omit<GroupRow, 'members_hash'> {
  conversation_id: string | null;
}

/** A member with the names that the profile knows: as a contact, and what the person calls itself. */
export interface ListedMember {
  phone: string | null;
  lid: string | null;
  role: GroupRole;
  name: string | null;
  whatsapp_name: string | null;
}

/** A profile as somebody who acts in groups. */
export interface Actor {
  id: string;
  organizationId: string;
  status: string;
  /** The profile's, else the organisation's. */
  defaultCountry: string | null;
}

const shown = sql`g.id, g.profile_id, g.organization_id, g.chat, g.kind, g.parent, g.subject, g.description, g.owner_phone,
  g.owner_lid, g.founded_at, g.only_admins_write, g.only_admins_edit, g.everybody_adds, g.admins_approve, g.expiration,
  g.member_count, g.own_role, g.invite_code, g.picture_version, g.picture_media_id, g.picture_known, g.left_at, g.fetched_at, g.listed_at, g.created_at, g.updated_at,
  c.id as conversation_id`;
const withConversation = sql`left join conversations c on c.profile_id = g.profile_id and c.chat = g.chat`;

/** What clients read of groups. Profiles are checked by `actorOf`; the others are called with one that was. */
export function createGroupStore(db: Db) {
  return {
    async actorOf(tenancy: Tenancy, profileId: string): Promise<Actor | undefined> {
      if (!isUuid(profileId)) return undefined;
      const row = await db
        .selectFrom('profiles')
        .innerJoin('organizations', 'organizations.id', 'profiles.organization_id')
        .select(['profiles.id', 'profiles.organization_id', 'profiles.status'])
        .select((eb) =>
          eb.fn.coalesce('profiles.default_country', 'organizations.default_country').as('country'),
        )
        .where(isProfileOf(tenancy))
        .where('profiles.id', '=', profileId)
        .executeTakeFirst();
      return (
        row && {
          id: row.id,
          organizationId: row.organization_id,
          status: row.status,
          defaultCountry: row.country,
        }
      );
    },

    /** Those the profile is in, the newest first; with `left` those that it has left as well. */
    async list(
      profileId: string,
      { search, left }: { search?: string | undefined; left: boolean },
      page: Slice,
    ): Promise<ListedGroup[]> {
      const pattern = search && `%${search.replace(/[\\%_]/g, '\\$&')}%`;
      const { rows } = await sql<ListedGroup>`
        with page as materialized (
          select * from groups g where g.profile_id = ${profileId}
            ${left ? sql`` : sql`and g.left_at is null`}
            ${pattern ? sql`and (g.subject ilike ${pattern} or g.description ilike ${pattern})` : sql``}
            and ${behind(page, { at: 'g.listed_at', id: 'g.id' }, 'down')}
          order by g.listed_at desc, g.id desc limit ${page.limit} offset ${page.offset}
        )
        select ${shown} from page g ${withConversation} order by g.listed_at desc, g.id desc`.execute(db);
      return rows;
    },

    async find(profileId: string, chat: string): Promise<ListedGroup | undefined> {
      const { rows } = await sql<ListedGroup>`select ${shown} from groups g ${withConversation}
        where g.profile_id = ${profileId} and g.chat = ${chat}`.execute(db);
      return rows[0];
    },

    /** Admins first; the names come in the same statement. */
    async members(
      group: Pick<GroupRow, 'id' | 'profile_id'>,
      page: { limit: number; offset: number; role?: string | undefined },
    ): Promise<ListedMember[]> {
      const of = { id: sql`${group.id}`, profileId: sql`${group.profile_id}` };
      const { rows } = await sql<ListedMember>`select phone, lid, role, name, whatsapp_name
        from (${membersNamed(of, page)}) m order by m.rank, m.address`.execute(db);
      return rows;
    },

    /** A group with its members, as both are at one moment. */
    async whole(
      profileId: string,
      chat: string,
      limit: number,
    ): Promise<(ListedGroup & { members: ListedMember[] }) | undefined> {
      const of = { id: sql`g.id`, profileId: sql`g.profile_id` };
      const { rows } = await sql<ListedGroup & { members: ListedMember[] }>`
        select ${shown}, (select coalesce(jsonb_agg(to_jsonb(m) order by m.rank, m.address), '[]')
          from (${membersNamed(of, { limit, offset: 0 })}) m) as members
        from groups g ${withConversation} where g.profile_id = ${profileId} and g.chat = ${chat}`.execute(db);
      return rows[0];
    },

    /** What a profile is in a group; undefined when it has never been in it. */
    async standingOf(profileId: string, chat: string): Promise<{ ownRole: GroupRole | null } | undefined> {
      const row = await db
        .selectFrom('groups')
        .select(['own_role', 'left_at'])
        .where('profile_id', '=', profileId)
        .where('chat', '=', chat)
        .executeTakeFirst();
      return row && { ownRole: row.left_at ? null : (row.own_role ?? 'member') };
    },

    /** The profile's own account, as a person. */
    async accountOf(profileId: string): Promise<Person | undefined> {
      const row = await db
        .selectFrom('profiles')
        .select(['phone_number', 'lid'])
        .where('id', '=', profileId)
        .executeTakeFirst();
      if (!row?.phone_number) return undefined;
      return { phone: phoneChat(row.phone_number), ...(row.lid && { lid: lidChat(row.lid) }) };
    },

    /** The name and kind of a chat of the profile that is no group; for whoever takes it for one. */
    async channel(profileId: string, chat: string): Promise<{ id: string; name: string | null } | undefined> {
      return db
        .selectFrom('conversations')
        .select(['id', 'name'])
        .where('profile_id', '=', profileId)
        .where('chat', '=', chat)
        .executeTakeFirst();
    },
  };
}

export type GroupStore = ReturnType<typeof createGroupStore>;

/** Members of a group with the names of those who are contacts, admins first. */
function membersNamed(
  of: { id: RawBuilder<unknown>; profileId: RawBuilder<unknown> },
  page: { limit: number; offset: number; role?: string | undefined },
): RawBuilder<unknown> {
  return sql`select coalesce(m.phone, kl.phone) as phone, coalesce(m.lid, kp.lid) as lid, m.role,
      coalesce(kl.name, kp.name) as name, coalesce(kl.whatsapp_name, kp.whatsapp_name) as whatsapp_name,
      m.rank, m.address
    from (
      select n.*, case n.role when 'superadmin' then 0 when 'admin' then 1 else 2 end as rank
      from group_members n where n.group_id = ${of.id}
        ${page.role === 'admin' ? sql`and n.role <> 'member'` : sql``}
      order by rank, n.address limit ${page.limit} offset ${page.offset}
    ) m
    left join contacts kl on kl.profile_id = ${of.profileId} and kl.lid = m.lid
    left join contacts kp on kp.profile_id = ${of.profileId} and kp.phone = m.phone`;
}

/** The others in a group, by phone number where it is known; undefined when the profile is not in it. */
export async function othersIn(db: Db | Tx, profileId: string, chat: ChatId): Promise<ChatId[] | undefined> {
  const { rows } = await sql<{ phone: string | null; lid: string | null }>`
    select m.phone, m.lid from groups g
    join profiles p on p.id = g.profile_id
    join group_members m on m.group_id = g.id
      and m.phone is distinct from p.phone_number and (m.lid is null or m.lid is distinct from p.lid)
    where g.profile_id = ${profileId} and g.chat = ${chat} and g.left_at is null
    order by m.address limit ${mentionsMax}`.execute(db);
  if (rows.length > 0) return rows.map(({ phone, lid }) => (phone ? phoneChat(phone) : lidChat(lid ?? '')));
  const known = await sql`select from groups
    where profile_id = ${profileId} and chat = ${chat} and left_at is null`.execute(db);
  return known.rows.length > 0 ? [] : undefined;
}
