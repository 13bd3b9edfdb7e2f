import type { Actor, Authenticator, ResponseFormat, ScopedGrant } from '../../platform/actor.ts';
import { type Clock, later } from '../../platform/clock.ts';
import { Failure } from '../../platform/failures.ts';
import type { Log } from '../../platform/log.ts';
import type { Permission } from '../../platform/permissions.ts';
import type { AccessStore, GrantRow } from './access.store.ts';
import { permissionsOfRole, permissionsOfRow } from './roles.ts';
import { permissionsOfScopes } from './scopes.ts';
import { digest, type Tokens } from './tokens.ts';

export const keyPrefix = 'mwa_';

/** Under a second, because what another node revokes must stop within one. */
const rememberedMs = 800;
const rememberedMax = 10_000;
const touchMs = 60_000;

interface Remembered {
  actor: Actor;
  untilMs: number;
}

export interface AccessAuthenticator extends Authenticator {
  /** Makes this node look anew at the next request of everyone the test names. */
  forget(who: (actor: Actor) => boolean): void;
  /** Ends once the notes on last use that are under way are written. */
  settle(): Promise<void>;
}

/** Notes the last use, unless what is noted is younger than `notSince`. */
type Touch = (id: string, now: Date, notSince: Date) => Promise<void>;

/** Credentials to actor. A token is tried before a key, as shipped clients may send both. */
export function createAuthenticator(deps: {
  store: AccessStore;
  tokens: Tokens;
  clock: Clock;
  log: Log;
  touchSession: Touch;
  touchKey: Touch;
}): AccessAuthenticator {
  const { store, tokens, clock, log } = deps;
  const remembered = new Map<string, Remembered>();
  const touches = new Set<Promise<void>>();
  /** Counts revocations: what was read before one must not be remembered after it. */
  let revocations = 0;

  function touch(lastAt: Date | null, write: (now: Date, notSince: Date) => Promise<void>): void {
    const now = clock.now();
    const notSince = later(now, -touchMs);
    if (lastAt && lastAt > notSince) return;
    const under = write(now, notSince)
      .catch((error: unknown) => log.warn({ err: error }, 'Could not note the last use'))
      .finally(() => touches.delete(under));
    touches.add(under);
  }

  async function byToken(token: string): Promise<Remembered> {
    const { userId, sessionId, expiresAtMs } = await tokens.verify(token);
    const row = await store.session(sessionId, userId, clock.now());
    if (!row?.is_active) throw new Failure('SESSION_REVOKED');
    touch(row.last_active_at, (now, notSince) => deps.touchSession(sessionId, now, notSince));
    const actor: Actor = {
      kind: 'user',
      userId,
      sessionId,
      organizationId: row.organization_id,
      role: row.role,
      ...rightsOf(row),
    };
    return { actor, untilMs: expiresAtMs };
  }

  async function byKey(key: string): Promise<Remembered> {
    const row = await store.apiKey(digest(key));
    if (!row?.is_active) throw new Failure('INVALID_API_KEY');
    if (row.expires_at && row.expires_at <= clock.now()) throw new Failure('API_KEY_EXPIRED');
    touch(row.last_used_at, (now, notSince) => deps.touchKey(row.id, now, notSince));
    const scopes = permissionsOfScopes(row.permissions);
    const rights = rightsOf(row);
    const actor: Actor = {
      kind: 'api-key',
      userId: row.user_id,
      apiKeyId: row.id,
      organizationId: row.organization_id,
      role: row.role,
      permissions: common(rights.permissions, scopes),
      ...(rights.grants && {
        grants: rights.grants.map((grant) => ({ ...grant, permissions: common(grant.permissions, scopes) })),
      }),
      ...(row.profile_ids && { onlyProfiles: row.profile_ids }),
      ...(row.hears_all && { hearsAll: true }),
      ...(row.response_format && { responseFormat: row.response_format as ResponseFormat }),
    };
    return { actor, untilMs: row.expires_at?.getTime() ?? Number.POSITIVE_INFINITY };
  }

  async function resolve(
    credential: string,
    find: (credential: string) => Promise<Remembered>,
  ): Promise<Actor> {
    const nowMs = clock.now().getTime();
    const known = remembered.get(credential);
    if (known && nowMs < known.untilMs) return known.actor;
    remembered.delete(credential);
    const before = revocations;
    const found = await find(credential);
    if (before !== revocations) return found.actor;
    if (remembered.size >= rememberedMax) remembered.clear();
    remembered.set(credential, { ...found, untilMs: Math.min(found.untilMs, nowMs + rememberedMs) });
    return found.actor;
  }

  return {
    async authenticate({ bearer, apiKey }, { fresh } = { fresh: false }) {
      if (fresh) for (const credential of [bearer, apiKey]) remembered.delete(credential ?? '');
      if (bearer?.startsWith(keyPrefix)) return resolve(bearer, byKey);
      if (bearer) {
        try {
          return await resolve(bearer, byToken);
        } catch (error) {
          if (!apiKey || !(error instanceof Failure)) throw error;
        }
      }
      if (apiKey) return resolve(apiKey, byKey);
      throw new Failure('UNAUTHENTICATED');
    },
    forget(who) {
      revocations++;
      for (const [credential, { actor }] of remembered) if (who(actor)) remembered.delete(credential);
    },
    async settle() {
      await Promise.all(touches);
    },
  };
}

/** What somebody may do everywhere: as their own role says, else as their system role does. And what in parts. */
export function rightsOf(row: { role: string; grants: readonly GrantRow[] }): {
  permissions: ReadonlySet<Permission>;
  grants?: ScopedGrant[];
} {
  const own = row.grants.find((grant) => grant.workspace_id === null && grant.profile_id === null);
  const permissions = own && row.role !== 'owner' ? permissionsOfRow(own) : permissionsOfRole(row.role);
  const scoped = row.grants.filter((grant) => grant !== own);
  if (scoped.length === 0) return { permissions };
  const grants = scoped.map((grant) => ({
    permissions: permissionsOfRow(grant),
    workspaceId: grant.workspace_id,
    profileId: grant.profile_id,
  }));
  return { permissions, grants };
}

function common(one: ReadonlySet<Permission>, other: ReadonlySet<Permission>): ReadonlySet<Permission> {
  return new Set([...one].filter((permission) => other.has(permission)));
}
