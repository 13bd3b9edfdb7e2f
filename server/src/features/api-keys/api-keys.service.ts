import { randomBytes } from 'node:crypto';
import { given } from '../../http/schema.ts';
import type { Actor } from '../../platform/actor.ts';
import type { AuditLog } from '../../platform/audit/record.ts';
import { type Clock, dayMs, later } from '../../platform/clock.ts';
import { type Db, inTransaction } from '../../platform/db/transaction.ts';
import { Failure } from '../../platform/failures.ts';
import { isUuid, newId } from '../../platform/ids.ts';
import { knownProfiles } from '../../platform/known-profiles.store.ts';
import type { Slice } from '../../platform/slice.ts';
import { type AccessAuthenticator, digest, keyPrefix } from '../access/index.ts';
import type { NewApiKey } from './api-keys.schema.ts';
import type { ApiKeyRow, ApiKeyStore } from './api-keys.store.ts';
import { assertHeld, assertKnown, assertWithinMaker, reachOfProfiles } from './key-limits.ts';

const prefixLength = 12;
const mask = '•'.repeat(12);

export interface ApiKeyServiceDeps {
  db: Db;
  store: ApiKeyStore;
  clock: Clock;
  audit: AuditLog;
  authenticator: Pick<AccessAuthenticator, 'forget'>;
}

export function createApiKeyService(deps: ApiKeyServiceDeps) {
  const { db, store, clock, audit, authenticator } = deps;
  return {
    /** Your own keys, or with `userId` those of somebody else. @throws Failure PERMISSION_DENIED, MEMBER_NOT_FOUND */
    async list(actor: Actor, query: Slice & { userId?: string | undefined }) {
      const userId = given(query.userId) ?? actor.userId;
      await assertMayList(actor, userId);
      const rows = await store.list(actor.organizationId, userId, query);
      return rows.map((row) => ({
        ...present(row),
        key: `${row.prefix}${mask}`,
        lastUsedAt: row.last_used_at?.toISOString() ?? null,
        lastUsed: row.last_used_at?.toISOString() ?? null,
      }));
    },

    /**
     * @throws Failure VALIDATION_ERROR for unknown scopes, PROFILE_NOT_FOUND for profiles the maker does not
     * reach, KEY_TOO_WIDE for more than the maker has.
     */
    async create(actor: Actor, body: NewApiKey) {
      const scopes = [...new Set(given(body.permissions) ?? [])];
      assertKnown(scopes);
      assertHeld(actor, scopes);
      const profileIds = await boundTo(actor, given(body.profileIds) ?? []);
      const now = clock.now();
      const days = given(body.expiresInDays);
      const key = `${keyPrefix}${randomBytes(32).toString('hex')}`;
      const row = {
        id: newId(),
        organization_id: actor.organizationId,
        user_id: actor.userId,
        name: body.name.trim(),
        key_hash: digest(key),
        prefix: key.slice(0, prefixLength),
        permissions: scopes,
        response_format: given(body.responseFormat) ?? null,
        expires_at: days === undefined ? null : later(now, days * dayMs),
        last_used_at: null,
        profile_ids: profileIds,
        hears_all: false,
        created_at: now,
      };
      await inTransaction(db, async (tx) => {
        if (actor.apiKeyId) {
          const maker = await store.maker(tx, actor.organizationId, actor.apiKeyId);
          if (!maker) throw new Failure('INVALID_API_KEY');
          assertWithinMaker(maker, scopes, row.expires_at);
        }
        await store.insert(tx, row);
        const after = { permissions: scopes, profileIds, expiresAt: row.expires_at };
        await audit.record(tx, actor, { action: 'apikey.create', resource: aboutKey(row.id), after });
      });
      return { ...present(row), key };
    },

    /** @throws Failure API_KEY_NOT_FOUND, for another person's key as well unless one may change people. */
    async remove(actor: Actor, id: string): Promise<void> {
      const owner = actor.permissions.has('user:update') ? undefined : actor.userId;
      await inTransaction(db, async (tx) => {
        const removed = await store.remove(tx, actor.organizationId, id, owner);
        if (!removed) throw new Failure('API_KEY_NOT_FOUND');
        const details = { userId: removed.user_id };
        await audit.record(tx, actor, { action: 'apikey.revoke', resource: aboutKey(id), details });
      });
      authenticator.forget(({ apiKeyId }) => apiKeyId === id);
    },
  };

  async function assertMayList(actor: Actor, userId: string): Promise<void> {
    if (userId === actor.userId) return;
    if (!actor.permissions.has('user:update')) {
      throw new Failure('PERMISSION_DENIED', {
        says: "Other people's keys need the permission user:update.",
      });
    }
    const isKnown = isUuid(userId) && (await store.hasUser(actor.organizationId, userId));
    if (!isKnown) throw new Failure('MEMBER_NOT_FOUND');
  }

  /** The profiles to bind the key to, each known to its maker; null binds it to none in particular. */
  async function boundTo(actor: Actor, wanted: readonly string[]): Promise<string[] | null> {
    const ids = [...new Set(wanted.map((id) => id.toLowerCase()))];
    if (ids.length === 0) return null;
    const reach = reachOfProfiles(actor);
    const isPossible = reach && ids.every(isUuid);
    const known = isPossible
      ? await knownProfiles(db, { organizationId: actor.organizationId, reach }, ids)
      : [];
    if (known.length < ids.length) throw new Failure('PROFILE_NOT_FOUND');
    return ids.toSorted();
  }
}
export type ApiKeyService = ReturnType<typeof createApiKeyService>;

const aboutKey = (id: string) => ({ type: 'api_key', id });

function present(row: Omit<ApiKeyRow, 'last_used_at'>) {
  return {
    id: row.id,
    userId: row.user_id,
    name: row.name,
    prefix: row.prefix,
    permissions: row.permissions,
    profileIds: row.profile_ids,
    responseFormat: row.response_format as 'envelope' | 'raw' | null,
    expiresAt: row.expires_at?.toISOString() ?? null,
    createdAt: row.created_at.toISOString(),
  };
}
