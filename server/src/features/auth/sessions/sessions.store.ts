import type { Origin } from '../../../platform/actor.ts';
import { countedAddress } from '../../../platform/address.ts';
import { dayMs, later } from '../../../platform/clock.ts';
import type { Db, Tx } from '../../../platform/db/transaction.ts';
import { newId } from '../../../platform/ids.ts';
import { behind, type Slice } from '../../../platform/slice.ts';

const userAgentLengthMax = 255;
/** How long a network stays known after the last sign-in or refresh from there. */
const knownMs = 180 * dayMs;

/** Sessions and their refresh tokens: the only SQL about either. */
export function createSessionStore(db: Db) {
  return {
    async insert(tx: Tx, userId: string, origin: Origin, now: Date, expiresAt: Date): Promise<string> {
      const id = newId();
      await tx
        .insertInto('auth_sessions')
        .values({
          id,
          user_id: userId,
          ip_address: origin.ipAddress,
          user_agent: origin.userAgent?.slice(0, userAgentLengthMax) ?? null,
          last_active_at: now,
          expires_at: expiresAt,
          created_at: now,
        })
        .execute();
      return id;
    },
    async insertToken(tx: Tx, sessionId: string, hash: Buffer, now: Date, expiresAt: Date): Promise<void> {
      await tx
        .insertInto('refresh_tokens')
        .values({
          token_hash: hash,
          session_id: sessionId,
          issued_at: now,
          expires_at: expiresAt,
          used_at: null,
          successor: null,
        })
        .execute();
    },
    /** Locks the token, so that of two requests with it the second sees the change of the first. */
    lockToken(tx: Tx, hash: Buffer) {
      return tx
        .selectFrom('refresh_tokens as token')
        .innerJoin('auth_sessions as session', 'session.id', 'token.session_id')
        .innerJoin('users as user', 'user.id', 'session.user_id')
        .innerJoin('organizations as organization', 'organization.id', 'user.organization_id')
        .select([
          'token.session_id',
          'token.expires_at',
          'token.used_at',
          'token.successor',
          'session.user_id',
          'user.organization_id',
          'user.is_active',
          'organization.erasing_at',
        ])
        .where('token.token_hash', '=', hash)
        .forUpdate('token')
        .executeTakeFirst();
    },
    async useToken(tx: Tx, hash: Buffer, now: Date, successor: Buffer): Promise<void> {
      await tx
        .updateTable('refresh_tokens')
        .set({ used_at: now, successor })
        .where('token_hash', '=', hash)
        .execute();
    },
    async prolong(tx: Tx, sessionId: string, now: Date, expiresAt: Date): Promise<void> {
      await tx
        .updateTable('auth_sessions')
        .set({ last_active_at: now, expires_at: expiresAt })
        .where('id', '=', sessionId)
        .execute();
    },
    ofUser(userId: string, now: Date, page: Slice) {
      return db
        .selectFrom('auth_sessions')
        .selectAll()
        .where('user_id', '=', userId)
        .where('expires_at', '>', now)
        .where(behind(page, { at: 'last_active_at', id: 'id' }, 'down'))
        .orderBy('last_active_at', 'desc')
        .orderBy('id', 'desc')
        .limit(page.limit)
        .offset(page.offset)
        .execute();
    },
    /** Whether this user signed in from this network before; false when there is no such user. */
    async isKnown(userId: string, ipAddress: string, now: Date): Promise<boolean> {
      const place = db
        .selectFrom('sign_in_places')
        .select('user_id')
        .where('user_id', '=', userId)
        .where('network', '=', countedAddress(ipAddress))
        .where('last_at', '>', later(now, -knownMs));
      const session = db
        .selectFrom('auth_sessions')
        .select('user_id')
        .where('user_id', '=', userId)
        .where('ip_address', '=', ipAddress)
        .where('expires_at', '>', now);
      return (await place.unionAll(session).limit(1).executeTakeFirst()) !== undefined;
    },
    /** Remembers that this user signed in from there; written once a day at most. */
    async notePlace(tx: Tx, userId: string, ipAddress: string, now: Date): Promise<void> {
      await tx
        .insertInto('sign_in_places')
        .values({ user_id: userId, network: countedAddress(ipAddress), last_at: now })
        .onConflict((conflict) =>
          conflict
            .columns(['user_id', 'network'])
            .doUpdateSet({ last_at: now })
            .where('sign_in_places.last_at', '<', later(now, -dayMs)),
        )
        .execute();
    },
    async forgetPlaces(tx: Tx, userId: string): Promise<void> {
      await tx.deleteFrom('sign_in_places').where('user_id', '=', userId).execute();
    },
    /** Removes the session with its refresh tokens. */
    async end(tx: Tx, userId: string, sessionId: string): Promise<boolean> {
      const { numDeletedRows } = await tx
        .deleteFrom('auth_sessions')
        .where('id', '=', sessionId)
        .where('user_id', '=', userId)
        .executeTakeFirst();
      return numDeletedRows > 0n;
    },
    /** Ends every session of the user but `keptId`; without it, all. */
    async endOthers(tx: Tx, userId: string, keptId: string | undefined): Promise<number> {
      const { numDeletedRows } = await tx
        .deleteFrom('auth_sessions')
        .where('user_id', '=', userId)
        .$if(keptId !== undefined, (others) => others.where('id', '!=', keptId ?? ''))
        .executeTakeFirst();
      return Number(numDeletedRows);
    },
    async purge(now: Date): Promise<void> {
      await db.deleteFrom('auth_sessions').where('expires_at', '<=', now).execute();
      await db.deleteFrom('sign_in_places').where('last_at', '<=', later(now, -knownMs)).execute();
    },
  };
}
export type SessionStore = ReturnType<typeof createSessionStore>;

/** Notes when a session was last used, unless the stored time is later than `notSince`. */
export async function touchSession(db: Db, id: string, now: Date, notSince: Date): Promise<void> {
  await db
    .updateTable('auth_sessions')
    .set({ last_active_at: now })
    .where('id', '=', id)
    .where('last_active_at', '<', notSince)
    .execute();
}
