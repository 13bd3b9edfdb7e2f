import { type RawBuilder, type SqlBool, sql } from 'kysely';
import { type ChatId, lidOf, phoneOf } from '../../platform/chat-id.ts';
import type { Tx } from '../../platform/db/transaction.ts';
import { chatOf } from './people.store.ts';
import { inSegment } from './segments/segment.sql.ts';
import type { SegmentFilter } from './segments/segments.schema.ts';

/** A contact as somebody to write to. */
export interface Reachable {
  id: string;
  chat: ChatId;
  isBlocked: boolean;
}

/** What is known of a person whom a profile writes to. */
export interface KnownPerson {
  id: string;
  chat: ChatId;
  name: string | null;
  phone: string | null;
  tags: string[];
  metadata: Record<string, unknown>;
  isBlocked: boolean;
}

interface Row {
  id: string;
  phone: string | null;
  lid: string | null;
  is_blocked: boolean;
}

const reachable = ({ id, phone, lid, is_blocked: isBlocked }: Row): Reachable => ({
  ...{ id, isBlocked, chat: chatOf({ phone: phone ?? undefined, lid: lid ?? undefined }) },
});

/** Which contacts of a profile; what is absent narrows nothing. */
export interface ContactsWanted {
  profileId: string;
  /** With any of these tags. */
  tags?: readonly string[] | undefined;
  /** With all of these. */
  allTags?: readonly string[] | undefined;
  /** With none of these. */
  exceptTags?: readonly string[] | undefined;
  segment?: Record<string, unknown> | undefined;
}

function isWanted({ profileId, tags, allTags, exceptTags, segment }: ContactsWanted): RawBuilder<SqlBool> {
  return sql`(k.profile_id = ${profileId}
    ${tags ? sql`and k.tags && ${[...tags]}::text[]` : sql``}
    ${allTags ? sql`and k.tags @> ${[...allTags]}::text[]` : sql``}
    ${exceptTags ? sql`and not k.tags && ${[...exceptTags]}::text[]` : sql``}
    ${segment ? sql`and ${inSegment(segment as SegmentFilter, profileId)}` : sql``})`;
}

/** The next contacts in the order of their ids, which stays the same whatever is changed of them. */
export async function contactsAfter(
  tx: Tx,
  wanted: ContactsWanted,
  after: string | undefined,
  limit: number,
): Promise<Reachable[]> {
  const { rows } = await sql<Row>`select k.id, k.phone, k.lid, k.is_blocked from contacts k
    where ${isWanted(wanted)} ${after === undefined ? sql`` : sql`and k.id > ${after}::uuid`}
    order by k.id limit ${limit}`.execute(tx);
  return rows.map(reachable);
}

export async function countContacts(tx: Tx, wanted: ContactsWanted): Promise<number> {
  const { rows } = await sql<{ n: number }>`select count(*)::int as n from contacts k
    where ${isWanted(wanted)}`.execute(tx);
  return rows[0]?.n ?? 0;
}

/** Those of the contacts that the profile has. */
export async function contactsWithIds(
  tx: Tx,
  profileId: string,
  ids: readonly string[],
): Promise<Reachable[]> {
  if (ids.length === 0) return [];
  const { rows } = await sql<Row>`select k.id, k.phone, k.lid, k.is_blocked from contacts k
    where k.profile_id = ${profileId} and k.id = any(${[...ids]}::uuid[])`.execute(tx);
  return rows.map(reachable);
}

/** The people behind these chats who are contacts, by the chat that was asked for. */
export async function peopleOfChats(
  tx: Tx,
  profileId: string,
  chats: readonly ChatId[],
): Promise<Map<string, KnownPerson>> {
  const phones = chats.flatMap((chat) => phoneOf(chat) ?? []);
  const lids = chats.flatMap((chat) => lidOf(chat) ?? []);
  const { rows } = await sql<
    Row & { name: string | null; tags: string[]; metadata: Record<string, unknown> }
  >`select k.id, k.phone, k.lid, k.is_blocked, coalesce(k.name, k.whatsapp_name) as name, k.tags, k.metadata
    from contacts k
    where k.profile_id = ${profileId} and (k.phone = any(${phones}::text[]) or k.lid = any(${lids}::text[]))`.execute(
    tx,
  );
  const byAddress = new Map<string, KnownPerson>();
  for (const { name, tags, metadata, ...row } of rows) {
    const person = { ...reachable(row), ...{ name, phone: row.phone, tags, metadata } };
    if (row.phone) byAddress.set(`phone ${row.phone}`, person);
    if (row.lid) byAddress.set(`lid ${row.lid}`, person);
  }
  const people = new Map<string, KnownPerson>();
  for (const chat of chats) {
    const person = byAddress.get(`lid ${lidOf(chat)}`) ?? byAddress.get(`phone ${phoneOf(chat)}`);
    if (person) people.set(chat, person);
  }
  return people;
}

/** The filter of a segment of the organisation that holds for this profile; undefined when there is none. */
export async function segmentFor(
  tx: Tx,
  { organizationId, profileId }: { organizationId: string; profileId: string },
  id: string,
): Promise<Record<string, unknown> | undefined> {
  const row = await tx
    .selectFrom('contact_segments')
    .select('filter')
    .where('id', '=', id)
    .where('organization_id', '=', organizationId)
    .where((eb) => eb.or([eb('profile_id', 'is', null), eb('profile_id', '=', profileId)]))
    .executeTakeFirst();
  return row?.filter;
}
