import type { Db } from '../../../platform/db/transaction.ts';

/** Files that a profile has uploaded, so that each is uploaded once however often it is sent. */
export function createUploadStore(db: Db) {
  return {
    async find(profileId: string, sha256: Buffer, type: string, since: Date): Promise<Buffer | undefined> {
      const row = await db
        .selectFrom('engine_uploads')
        .select('value')
        .where('profile_id', '=', profileId)
        .where('sha256', '=', sha256)
        .where('type', '=', type)
        .where('uploaded_at', '>', since)
        .executeTakeFirst();
      return row?.value;
    },

    async keep(profileId: string, sha256: Buffer, type: string, value: Buffer, at: Date): Promise<void> {
      await db
        .insertInto('engine_uploads')
        .values({ profile_id: profileId, sha256, type, value, uploaded_at: at })
        .onConflict((oc) =>
          oc.columns(['profile_id', 'sha256', 'type']).doUpdateSet({ value, uploaded_at: at }),
        )
        .execute();
    },

    /** Removes those of a profile that are too old to be used again. */
    async sweep(profileId: string, before: Date): Promise<void> {
      await db
        .deleteFrom('engine_uploads')
        .where('profile_id', '=', profileId)
        .where('uploaded_at', '<=', before)
        .execute();
    },
  };
}
