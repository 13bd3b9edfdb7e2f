import { type Kysely, sql } from 'kysely';

/** Who has answered a campaign is found among all who were sent it. */
export async function up(db: Kysely<unknown>): Promise<void> {
  await sql`create index broadcast_recipients_answered on broadcast_recipients (broadcast_id, ord)
    where replied_at is not null`.execute(db);
}
