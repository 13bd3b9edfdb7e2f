import { type Selectable, sql } from 'kysely';
import type { Db, Tx } from '../../../platform/db/transaction.ts';
import { newId } from '../../../platform/ids.ts';
import { isProfileOf, type Tenancy } from '../../../platform/tenancy.ts';
import type { LabelsTable } from './inbox.tables.ts';

export type LabelRow = Selectable<LabelsTable>;

interface Whose {
  organizationId: string;
  profileId: string;
}

/** The colours that WhatsApp numbers. */
const colors = [
  ...['#ff9485', '#64c4ff', '#ffd429', '#dfaef0', '#99b6c1', '#55ccb3', '#ff9dff', '#d3a91d', '#6d7cce'],
  ...['#d7e752', '#00d0e2', '#ffc5c7', '#93ceac', '#f74848', '#00a0f2', '#83e422', '#ffaf04', '#b5ebff'],
  ...['#9ba6ff', '#9368cf'],
];
const colorOf = (number: number | undefined) => colors[number ?? 0] ?? '#99b6c1';
/** Labels that WhatsApp may have for one profile: it lets people make twenty. */
const ofWhatsAppMax = 500;

/** A label of WhatsApp as the phone tells it; the row, or undefined when there are too many. */
export async function keepLabel(
  tx: Tx,
  { organizationId, profileId }: Whose,
  label: { label: string; name?: string; color?: number | undefined; now: Date },
): Promise<string | undefined> {
  const { rows } = await sql<{ id: string }>`
    insert into labels as l (id, organization_id, profile_id, wa_label, name, color, created_at, updated_at)
    select ${newId()}::uuid, ${organizationId}::uuid, ${profileId}::uuid, ${label.label}, ${label.name ?? ''},
      ${colorOf(label.color)}, ${label.now}::timestamptz, ${label.now}::timestamptz
    where (select count(*) from labels where profile_id = ${profileId}) < ${ofWhatsAppMax}
      or exists (select from labels where profile_id = ${profileId} and wa_label = ${label.label})
    on conflict (profile_id, wa_label) where profile_id is not null do update
      set name = case when ${label.name !== undefined} then excluded.name else l.name end,
        color = case when ${label.color !== undefined} then excluded.color else l.color end,
        updated_at = excluded.updated_at
    returning l.id`.execute(tx);
  return rows[0]?.id;
}

export async function forgetLabel(tx: Tx, { profileId }: Whose, label: string): Promise<void> {
  await tx.deleteFrom('labels').where('profile_id', '=', profileId).where('wa_label', '=', label).execute();
}

/** Puts a label of WhatsApp on a conversation, or takes it off; answers whether that was news. */
export async function labelChat(
  tx: Tx,
  whose: Whose,
  conversationId: string,
  { label, isOn, now }: { label: string; isOn: boolean; now: Date },
): Promise<boolean> {
  if (!isOn) {
    const { numDeletedRows } = await tx
      .deleteFrom('conversation_labels')
      .where('conversation_id', '=', conversationId)
      .where('label_id', 'in', (eb) =>
        eb
          .selectFrom('labels')
          .select('id')
          .where('profile_id', '=', whose.profileId)
          .where('wa_label', '=', label),
      )
      .executeTakeFirst();
    return numDeletedRows > 0n;
  }
  const id = await keepLabel(tx, whose, { label, now });
  if (!id) return false;
  const { numInsertedOrUpdatedRows = 0n } = await tx
    .insertInto('conversation_labels')
    .values({ conversation_id: conversationId, label_id: id })
    .onConflict((oc) => oc.doNothing())
    .executeTakeFirst();
  return numInsertedOrUpdatedRows > 0n;
}

/** SQL of the labels that a caller may see: those of the organisation, and those of profiles within reach. */
const visible = (tenancy: Tenancy) =>
  sql<boolean>`(l.organization_id = ${tenancy.organizationId} and (l.profile_id is null or l.profile_id in
    (select profiles.id from profiles where ${isProfileOf(tenancy)})))`;

/** Labels for clients. */
export function createLabelStore(db: Db) {
  return {
    async list(tenancy: Tenancy, limit: number): Promise<LabelRow[]> {
      const { rows } = await sql<LabelRow>`select l.* from labels l where ${visible(tenancy)} and l.name <> ''
        order by l.profile_id nulls first, lower(l.name), l.id limit ${limit}`.execute(db);
      return rows;
    },

    async count(tx: Tx, organizationId: string): Promise<number> {
      const row = await tx
        .selectFrom('labels')
        .select((eb) => eb.fn.countAll().as('count'))
        .where('organization_id', '=', organizationId)
        .where('profile_id', 'is', null)
        .executeTakeFirstOrThrow();
      return Number(row.count);
    },

    async insert(
      tx: Tx,
      organizationId: string,
      label: { name: string; color: string; now: Date },
    ): Promise<LabelRow> {
      const { name, color, now } = label;
      return tx
        .insertInto('labels')
        .values({
          ...{ id: newId(), organization_id: organizationId, profile_id: null, wa_label: null },
          ...{ name, color, created_at: now, updated_at: now },
        })
        .returningAll()
        .executeTakeFirstOrThrow();
    },

    /** One of the organisation's own. */
    async update(
      tx: Tx,
      organizationId: string,
      id: string,
      values: { name?: string; color?: string; updated_at: Date },
    ): Promise<LabelRow | undefined> {
      return tx
        .updateTable('labels')
        .set(values)
        .where('organization_id', '=', organizationId)
        .where('profile_id', 'is', null)
        .where('id', '=', id)
        .returningAll()
        .executeTakeFirst();
    },

    async remove(tx: Tx, organizationId: string, id: string): Promise<boolean> {
      const { numDeletedRows } = await tx
        .deleteFrom('labels')
        .where('organization_id', '=', organizationId)
        .where('profile_id', 'is', null)
        .where('id', '=', id)
        .executeTakeFirst();
      return numDeletedRows > 0n;
    },

    /** Those of these ids that a conversation of the profile can have. */
    async fitting(tx: Tx, { organizationId, profileId }: Whose, ids: readonly string[]): Promise<LabelRow[]> {
      return tx
        .selectFrom('labels')
        .selectAll()
        .where('organization_id', '=', organizationId)
        .where(sql<boolean>`id = any(${[...ids]}::uuid[])`)
        .where((eb) => eb.or([eb('profile_id', 'is', null), eb('profile_id', '=', profileId)]))
        .execute();
    },

    async ofConversation(tx: Tx | Db, conversationId: string): Promise<LabelRow[]> {
      return tx
        .selectFrom('labels as l')
        .innerJoin('conversation_labels as c', 'c.label_id', 'l.id')
        .selectAll('l')
        .where('c.conversation_id', '=', conversationId)
        .orderBy('l.name')
        .orderBy('l.id')
        .execute();
    },

    /** The labels of a conversation become exactly these; it must be locked. */
    async replace(tx: Tx, conversationId: string, ids: readonly string[]): Promise<void> {
      await sql`delete from conversation_labels where conversation_id = ${conversationId}
        and label_id <> all(${[...ids]}::uuid[])`.execute(tx);
      await sql`insert into conversation_labels (conversation_id, label_id)
        select ${conversationId}::uuid, id from unnest(${[...ids]}::uuid[]) as id on conflict do nothing`.execute(
        tx,
      );
    },
  };
}

export type LabelStore = ReturnType<typeof createLabelStore>;

export function presentLabel(row: LabelRow) {
  return {
    id: row.id,
    name: row.name,
    color: row.color,
    source: row.profile_id === null ? 'multiwa' : 'whatsapp',
    profileId: row.profile_id,
  };
}
