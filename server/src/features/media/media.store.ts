import { type Insertable, type Selectable, sql } from 'kysely';
import { type Db, inTransaction, type Tx } from '../../platform/db/transaction.ts';
import { Failure } from '../../platform/failures.ts';
import { isEverywhere } from '../../platform/reach.ts';
import { isRowOf, type Tenancy } from '../../platform/tenancy.ts';
import type { MediaTable } from './media.tables.ts';
import { lockToKeep, lockTotals, unwanted } from './places/removals.store.ts';

export type MediaRow = Selectable<MediaTable>;
/** What makes two files one media. */
export type Sameness = Pick<MediaRow, 'organization_id' | 'sha256' | 'filename' | 'mimetype'>;

/** Who has a media: as long as one has it, it stays. */
export interface Referrer {
  /** What it is, as in `message`. */
  kind: string;
  id: string;
  /** Whoever may see this profile may see the media. */
  profileId: string | null;
}

export type MediaStore = ReturnType<typeof createMediaStore>;

export function createMediaStore(db: Db) {
  async function count(tx: Tx, organizationId: string, bytes: number, files: 1 | -1): Promise<void> {
    await tx
      .updateTable('media_totals')
      .set({ bytes: sql`bytes + ${bytes}`, files: sql`files + ${files}` })
      .where('organization_id', '=', organizationId)
      .execute();
  }
  const withBytes = (tx: Tx, row: Pick<MediaRow, 'organization_id' | 'sha256'>) =>
    tx
      .selectFrom('media')
      .select('place_id')
      .where('organization_id', '=', row.organization_id)
      .where('sha256', '=', row.sha256);

  return {
    /** What the tenant may see: of some profiles only, what those have, and what nobody has yet. */
    find(tenancy: Tenancy, id: string): Promise<MediaRow | undefined> {
      return db
        .selectFrom('media')
        .selectAll()
        .where('organization_id', '=', tenancy.organizationId)
        .where('id', '=', id)
        .where('state', '=', 'ready')
        .$if(!isEverywhere(tenancy.reach), (query) =>
          query.where((where) =>
            where.or([
              where.exists(
                where
                  .selectFrom('media_references')
                  .select('media_id')
                  .whereRef('media_id', '=', 'media.id')
                  .where(isRowOf(tenancy, 'media_references')),
              ),
              where.not(
                where.exists(
                  where
                    .selectFrom('media_references')
                    .select('media_id')
                    .whereRef('media_id', '=', 'media.id'),
                ),
              ),
            ]),
          ),
        )
        .executeTakeFirst();
    },

    /** For whoever has shown a signed link. */
    findById(id: string): Promise<MediaRow | undefined> {
      return db
        .selectFrom('media')
        .selectAll()
        .where('id', '=', id)
        .where('state', '=', 'ready')
        .executeTakeFirst();
    },

    /** The same file, if it is there: it is kept until then at least. */
    extend(same: Sameness, expiresAt: Date): Promise<MediaRow | undefined> {
      return db
        .updateTable('media')
        .set({
          expires_at: sql<Date | null>`case when expires_at is null then null else greatest(expires_at, ${expiresAt}) end`,
        })
        .where('organization_id', '=', same.organization_id)
        .where('sha256', '=', same.sha256)
        .where('filename', '=', same.filename)
        .where('mimetype', '=', same.mimetype)
        .where('state', '=', 'ready')
        .returningAll()
        .executeTakeFirst();
    },

    /**
     * Notes a file before its bytes are stored, so that a clean-up sees that somebody wants them.
     * @throws Failure MEDIA_QUOTA_EXCEEDED
     * @throws BeingRemoved
     */
    arrive(row: Insertable<MediaTable>, quotaBytes: number, now: Date): Promise<MediaRow> {
      return inTransaction(db, async (tx) => {
        const bytes = await lockToKeep(tx, row, row.place_id ?? null, now);
        const others = await withBytes(tx, row).execute();
        if (others.length === 0) {
          if (quotaBytes > 0 && bytes + row.size > quotaBytes) throw new Failure('MEDIA_QUOTA_EXCEEDED');
          await count(tx, row.organization_id, row.size, 1);
        }
        const before = await withSame(tx, row);
        if (before && before.state !== 'ready' && before.place_id !== (row.place_id ?? null)) {
          await unwanted(tx, before, [before.place_id]);
        }
        return tx
          .insertInto('media')
          .values(row)
          .onConflict((conflict) =>
            conflict
              .columns(['organization_id', 'sha256', 'filename', 'mimetype'])
              .doUpdateSet({
                state: 'arriving',
                expires_at: row.expires_at,
                has_thumbnail: row.has_thumbnail ?? false,
                place_id: row.place_id ?? null,
              })
              // One that was made meanwhile stays as it is.
              .where('media.state', '<>', 'ready'),
          )
          .returningAll()
          .executeTakeFirst()
          .then((arrived) => arrived ?? withSame(tx, row))
          .then((there) => there as MediaRow);
      });
    },

    async ready(id: string): Promise<MediaRow | undefined> {
      return db
        .updateTable('media')
        .set({ state: 'ready' })
        .where('id', '=', id)
        .where('state', '<>', 'removing')
        .returningAll()
        .executeTakeFirst();
    },

    /** @throws Failure MEDIA_NOT_FOUND when it is not there, or on its way out. */
    async refer(tx: Tx, organizationId: string, id: string, by: Referrer, now: Date): Promise<void> {
      const kept = await tx
        .updateTable('media')
        .set({ expires_at: null })
        .where('id', '=', id)
        .where('organization_id', '=', organizationId)
        .where('state', '=', 'ready')
        .executeTakeFirst();
      if (kept.numUpdatedRows === 0n) throw new Failure('MEDIA_NOT_FOUND');
      await tx
        .insertInto('media_references')
        .values({
          media_id: id,
          kind: by.kind,
          referrer_id: by.id,
          organization_id: organizationId,
          profile_id: by.profileId,
          created_at: now,
        })
        .onConflict((conflict) => conflict.doNothing())
        .execute();
    },

    /** Of these referrers no one has any media any more; what nobody else has goes at that time. */
    async release(tx: Tx, kind: string, referrerIds: readonly string[], expiresAt: Date): Promise<void> {
      if (referrerIds.length === 0) return;
      const released = await tx
        .deleteFrom('media_references')
        .where('kind', '=', kind)
        .where('referrer_id', 'in', referrerIds)
        .returning('media_id')
        .execute();
      const ids = [...new Set(released.map(({ media_id }) => media_id))].sort();
      if (ids.length === 0) return;
      await tx.updateTable('media').set({ expires_at: expiresAt }).where('id', 'in', ids).execute();
    },

    /** Nothing of this profile has any media any more. */
    async forgetProfile(
      tx: Tx,
      { organizationId, id }: { organizationId: string; id: string },
      expiresAt: Date,
    ): Promise<void> {
      await sql`with gone as (
          delete from media_references where organization_id = ${organizationId} and profile_id = ${id}
          returning media_id
        ), whose as (select id from media where id in (select media_id from gone) order by id for update)
        update media set expires_at = ${expiresAt} from whose where media.id = whose.id`.execute(tx);
    },

    /** Marks files that nobody has and whose time is over; those that somebody has after all stay for good. */
    mark(now: Date, limit: number): Promise<MediaRow[]> {
      return inTransaction(db, async (tx) => {
        const due = await tx
          .selectFrom('media')
          .select([
            'id',
            sql<boolean>`exists (select from media_references r where r.media_id = media.id)`.as('had'),
          ])
          .where('expires_at', '<=', now)
          .orderBy('expires_at')
          .limit(limit)
          .forUpdate()
          .skipLocked()
          .execute();
        const ids = (had: boolean) => due.filter((row) => row.had === had).map(({ id }) => id);
        if (ids(true).length > 0) {
          await tx.updateTable('media').set({ expires_at: null }).where('id', 'in', ids(true)).execute();
        }
        if (ids(false).length === 0) return [];
        return tx
          .updateTable('media')
          .set({ state: 'removing' })
          .where('id', 'in', ids(false))
          .returningAll()
          .execute();
      });
    },

    /** Files of an organisation that is being erased. */
    some(organizationId: string, limit: number): Promise<MediaRow[]> {
      return db
        .updateTable('media')
        .set({ state: 'removing' })
        .where('id', 'in', (query) =>
          query.selectFrom('media').select('id').where('organization_id', '=', organizationId).limit(limit),
        )
        .returningAll()
        .execute();
    },

    /** Deletes a marked file; bytes that no other has wait for their removal. False when somebody took the file back. */
    remove(row: MediaRow): Promise<boolean> {
      return inTransaction(db, async (tx) => {
        await lockTotals(tx, row.organization_id);
        const { numDeletedRows } = await tx
          .deleteFrom('media')
          .where('id', '=', row.id)
          .where('state', '=', 'removing')
          .executeTakeFirst();
        if (numDeletedRows === 0n) return false;
        const others = await withBytes(tx, row).execute();
        if (others.length === 0) await count(tx, row.organization_id, -row.size, -1);
        if (others.every(({ place_id }) => place_id !== row.place_id))
          await unwanted(tx, row, [row.place_id]);
        return true;
      });
    },

    async totals(organizationId: string): Promise<{ bytes: number; files: number }> {
      const row = await db
        .selectFrom('media_totals')
        .select(['bytes', 'files'])
        .where('organization_id', '=', organizationId)
        .executeTakeFirst();
      return row ?? { bytes: 0, files: 0 };
    },
  };
}

/** What some have, others have from now on. */
export async function moveReferences(
  tx: Tx,
  kind: string,
  pairs: readonly { from: string; to: string }[],
): Promise<void> {
  if (pairs.length === 0) return;
  await sql`with gone as (
      delete from media_references r
      using unnest(${pairs.map((pair) => pair.from)}::uuid[], ${pairs.map((pair) => pair.to)}::uuid[]) as p (from_id, to_id)
      where r.kind = ${kind} and r.referrer_id = p.from_id
      returning r.media_id, p.to_id, r.organization_id, r.profile_id, r.created_at
    )
    insert into media_references (media_id, kind, referrer_id, organization_id, profile_id, created_at)
    select media_id, ${kind}, to_id, organization_id, profile_id, created_at from gone
    on conflict do nothing`.execute(tx);
}

function withSame(tx: Tx, row: Sameness): Promise<MediaRow | undefined> {
  return tx
    .selectFrom('media')
    .selectAll()
    .where('organization_id', '=', row.organization_id)
    .where('sha256', '=', row.sha256)
    .where('filename', '=', row.filename)
    .where('mimetype', '=', row.mimetype)
    .executeTakeFirst();
}
