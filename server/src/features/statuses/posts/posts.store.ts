import { type Insertable, sql } from 'kysely';
import type { Clock } from '../../../platform/clock.ts';
import type { Db, Tx } from '../../../platform/db/transaction.ts';
import type { StatusRow } from '../statuses.store.ts';
import type { StatusPostsTable } from './posts.tables.ts';

/** A status update that is to be told to the network, or taken back there. */
export interface Post {
  id: string;
  kind: StatusPostsTable['kind'];
  wa_message_id: string;
  audience: string[];
  at: Date;
  expires_at: Date;
  status_id: string;
  /** Of the status update itself. */
  target_id: string;
  type: string;
  content: StatusRow['content'];
  status: string | null;
  revoked_at: Date | null;
  delay_ms: number;
}

const withStatus = sql`select p.id, p.kind, p.wa_message_id, p.audience, p.at, p.expires_at, p.status_id,
    s.wa_message_id as target_id, s.type, s.content, s.status, s.revoked_at, f.message_delay_ms as delay_ms
  from status_posts p join statuses s on s.id = p.status_id join profiles f on f.id = p.profile_id`;

/** The queue of status updates on their way out. */
export function createPostStore(db: Db, clock: Clock) {
  return {
    async keep(
      tx: Tx,
      row: Omit<Insertable<StatusPostsTable>, 'audience'> & { audience: readonly string[] },
    ) {
      const audience = JSON.stringify(row.audience);
      await tx
        .insertInto('status_posts')
        .values({ ...row, audience })
        .execute();
    },

    /** The oldest that can go now; what is taken back goes behind its own post. */
    async due(profileId: string, generation: number, limit: number): Promise<Post[]> {
      const { rows } = await sql<Post>`${withStatus}
        where p.profile_id = ${profileId} and p.state in ('queued', 'sending')
          and not f.sending_held
          and (f.sending_paused_until is null or f.sending_paused_until <= ${clock.now()})
          and exists (select 1 from profile_leases l where l.profile_id = ${profileId}
            and l.generation = ${generation} and l.expires_at > now())
        order by p.seq limit ${limit}`.execute(db);
      return rows;
    },

    async areWaiting(profileId: string): Promise<boolean> {
      const row = await db
        .selectFrom('status_posts')
        .select('id')
        .where('profile_id', '=', profileId)
        .where('state', 'in', ['queued', 'sending'])
        .limit(1)
        .executeTakeFirst();
      return row !== undefined;
    },

    async byWhatsAppId(profileId: string, waMessageId: string): Promise<Post | undefined> {
      const { rows } = await sql<Post>`${withStatus}
        where p.wa_message_id = ${waMessageId} and p.profile_id = ${profileId}`.execute(db);
      return rows[0];
    },

    /** Who was told of a status update. */
    async audienceOf(tx: Tx, statusId: string): Promise<string[]> {
      const row = await tx
        .selectFrom('status_posts')
        .select('audience')
        .where('status_id', '=', statusId)
        .where('kind', '=', 'posted')
        .executeTakeFirst();
      return row?.audience ?? [];
    },

    /** It goes out now, and can't be cancelled any more; false when it was. */
    async begin(id: string): Promise<boolean> {
      const { numUpdatedRows } = await db
        .updateTable('status_posts')
        .set({ state: 'sending' })
        .where('id', '=', id)
        .where('state', 'in', ['queued', 'sending'])
        .executeTakeFirst();
      return numUpdatedRows > 0n;
    },

    /** False when it was decided already. */
    async settle(tx: Tx, id: string, state: string): Promise<boolean> {
      const { numUpdatedRows } = await tx
        .updateTable('status_posts')
        .set({ state })
        .where('id', '=', id)
        .where('state', 'in', ['queued', 'sending'])
        .executeTakeFirst();
      return numUpdatedRows > 0n;
    },

    /** Takes one out that has not begun to go; false when it is too late for that. */
    async cancel(tx: Tx, statusId: string): Promise<boolean> {
      const { numUpdatedRows } = await tx
        .updateTable('status_posts')
        .set({ state: 'cancelled' })
        .where('status_id', '=', statusId)
        .where('kind', '=', 'posted')
        .where('state', '=', 'queued')
        .executeTakeFirst();
      return numUpdatedRows > 0n;
    },

    /** The phone numbers of those whom a profile knows: saved on its phone, or met in a chat; the latest first. */
    async peopleOf(profileId: string, limit: number): Promise<string[]> {
      const { rows } = await sql<{ phone: string }>`
        select c.phone from contacts c
        where c.profile_id = ${profileId} and c.phone is not null and not c.is_blocked
          and (c.name is not null or exists (select from conversations v
            where v.contact_id = c.id and v.type = 'user' and not v.unreached))
        order by c.last_message_at desc nulls last, c.id limit ${limit}`.execute(db);
      return rows.map(({ phone }) => phone);
    },
  };
}

export type PostStore = ReturnType<typeof createPostStore>;
