import { type Kysely, sql } from 'kysely';

/** The picture of a profile as a file of ours. The address that was to hold one at WhatsApp was never written. No rows are rewritten. */
export async function up(db: Kysely<unknown>): Promise<void> {
  await sql
    .raw(`alter table profiles
      drop column profile_pic_url,
      add column picture_media_id uuid,
      add column picture_version text,
      add column picture_of text,
      add column picture_seen_at timestamptz`)
    .execute(db);
}
