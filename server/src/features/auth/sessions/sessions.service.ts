import { randomBytes } from 'node:crypto';
import type { Actor, Origin } from '../../../platform/actor.ts';
import type { AuditLog } from '../../../platform/audit/record.ts';
import { type Clock, later } from '../../../platform/clock.ts';
import type { Vault } from '../../../platform/crypto.ts';
import { type Db, inTransaction, type Tx } from '../../../platform/db/transaction.ts';
import { Failure } from '../../../platform/failures.ts';
import type { Slice } from '../../../platform/slice.ts';
import { type AccessAuthenticator, digest } from '../../access/index.ts';
import { deviceOf } from './device.ts';
import { placeOf } from './place.ts';
import type { SessionStore } from './sessions.store.ts';

/** For so long a client that lost the answer, or asked twice at once, gets the same successor again. */
const graceMs = 10_000;

export interface SessionDeps {
  db: Db;
  store: SessionStore;
  clock: Clock;
  vault: Vault;
  audit: AuditLog;
  authenticator: AccessAuthenticator;
  accessTokenSeconds: number;
  refreshTokenSeconds: number;
}

/** A session just begun or continued; the tokens of the answer are made from it. */
export interface OpenSession {
  sessionId: string;
  userId: string;
  refreshToken: string;
}

type Refreshed = OpenSession | 'unknown' | 'reused';

export function createSessions(deps: SessionDeps) {
  const { db, store, clock, vault, audit, authenticator, refreshTokenSeconds } = deps;
  const sessionSeconds = Math.max(refreshTokenSeconds, deps.accessTokenSeconds);
  const context = (sessionId: string) => `refresh-token/${sessionId}`;

  async function issue(tx: Tx, sessionId: string, now: Date): Promise<string> {
    const token = `mwr_${randomBytes(32).toString('base64url')}`;
    await store.insertToken(tx, sessionId, digest(token), now, later(now, refreshTokenSeconds * 1000));
    return token;
  }

  async function rotate(tx: Tx, token: string, origin: Origin): Promise<Refreshed> {
    const now = clock.now();
    const row = await store.lockToken(tx, digest(token));
    if (!row || row.expires_at <= now) return 'unknown';
    const { session_id: sessionId, user_id: userId, organization_id: organizationId } = row;
    if (!row.is_active || row.erasing_at) {
      await store.end(tx, userId, sessionId);
      return 'unknown';
    }
    if (row.used_at) {
      if (row.successor && now.getTime() - row.used_at.getTime() <= graceMs) {
        return { sessionId, userId, refreshToken: vault.openText(row.successor, context(sessionId)) };
      }
      await store.end(tx, userId, sessionId);
      const resource = { type: 'session', id: sessionId };
      const by = { organizationId, userId, origin };
      await audit.record(tx, by, { action: 'auth.token_reuse', resource, outcome: 'failed' });
      return 'reused';
    }
    const refreshToken = await issue(tx, sessionId, now);
    await store.useToken(tx, digest(token), now, vault.sealText(refreshToken, context(sessionId)));
    await store.prolong(tx, sessionId, now, later(now, sessionSeconds * 1000));
    // A device that moves to another network stays known there.
    await store.notePlace(tx, userId, origin.ipAddress, now);
    return { sessionId, userId, refreshToken };
  }

  /** False when the session is another person's or has ended. */
  async function end(
    actor: Actor,
    sessionId: string,
    action: 'auth.logout' | 'auth.session_revoke',
  ): Promise<boolean> {
    const hasEnded = await inTransaction(db, async (tx) => {
      if (!(await store.end(tx, actor.userId, sessionId))) return false;
      await audit.record(tx, actor, { action, resource: { type: 'session', id: sessionId } });
      return true;
    });
    authenticator.forget((cached) => cached.sessionId === sessionId);
    return hasEnded;
  }

  return {
    async begin(tx: Tx, userId: string, origin: Origin): Promise<OpenSession> {
      const now = clock.now();
      const sessionId = await store.insert(tx, userId, origin, now, later(now, sessionSeconds * 1000));
      await store.notePlace(tx, userId, origin.ipAddress, now);
      return { sessionId, userId, refreshToken: await issue(tx, sessionId, now) };
    },
    /**
     * Exchanges a refresh token for its only successor; within ten seconds it answers the same one again.
     * Later reuse means that somebody has a copy of the token, and ends the session.
     * @throws Failure INVALID_REFRESH_TOKEN or REFRESH_TOKEN_REUSED.
     */
    async refresh(token: string, origin: Origin): Promise<OpenSession> {
      const outcome = await inTransaction(db, (tx) => rotate(tx, token, origin));
      if (outcome === 'unknown') throw new Failure('INVALID_REFRESH_TOKEN');
      if (outcome === 'reused') {
        authenticator.forget(() => true);
        throw new Failure('REFRESH_TOKEN_REUSED');
      }
      return outcome;
    },
    end,
    async list(actor: Actor, slice: Slice) {
      const rows = await store.ofUser(actor.userId, clock.now(), slice);
      return rows.map((row) => ({
        id: row.id,
        ipAddress: row.ip_address,
        userAgent: row.user_agent,
        place: placeOf(row.ip_address),
        device: deviceOf(row.user_agent),
        current: row.id === actor.sessionId,
        lastActiveAt: row.last_active_at.toISOString(),
        createdAt: row.created_at.toISOString(),
        expiresAt: row.expires_at.toISOString(),
      }));
    },
    /** @throws Failure SESSION_NOT_FOUND, for another user's as well. */
    async revoke(actor: Actor, sessionId: string): Promise<void> {
      if (!(await end(actor, sessionId, 'auth.session_revoke'))) throw new Failure('SESSION_NOT_FOUND');
    },
    async revokeOthers(actor: Actor): Promise<number> {
      const ownId = actor.sessionId;
      const count = await inTransaction(db, async (tx) => {
        const revokedCount = await store.endOthers(tx, actor.userId, ownId);
        const resource = { type: 'session', id: null };
        const entry = { action: 'auth.session_revoke', resource, details: { revokedCount } } as const;
        if (revokedCount > 0) await audit.record(tx, actor, entry);
        return revokedCount;
      });
      authenticator.forget(({ userId, sessionId }) => userId === actor.userId && sessionId !== ownId);
      return count;
    },
  };
}
export type Sessions = ReturnType<typeof createSessions>;
