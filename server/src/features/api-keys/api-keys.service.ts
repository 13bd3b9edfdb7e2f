import { randomBytes } from 'node:crypto';
import type { Selectable } from 'kysely';
import { given } from '../../http/schema.ts';
import type { Actor } from '../../platform/actor.ts';
import { type Clock, later } from '../../platform/clock.ts';
import type { ApiKeysTable } from '../../platform/db/tables.ts';
import { Failure } from '../../platform/failures.ts';
import { newId } from '../../platform/ids.ts';
import {
  type AccessAuthenticator,
  digest,
  keyPrefix,
  permissionsOfRole,
  permissionsOfScope,
  permissionsOfScopes,
} from '../access/index.ts';
import type { NewApiKey } from './api-keys.schema.ts';
import type { ApiKeyStore } from './api-keys.store.ts';

const dayMs = 86_400_000;
const prefixLength = 12;
const mask = '•'.repeat(12);

export function createApiKeyService(deps: {
  store: ApiKeyStore;
  clock: Clock;
  authenticator: Pick<AccessAuthenticator, 'forget'>;
}) {
  const { store, clock, authenticator } = deps;
  return {
    async list(actor: Actor) {
      const rows = await store.list(actor.organizationId, actor.userId);
      return rows.map((row) => ({
        ...present(row),
        key: `${row.prefix}${mask}`,
        lastUsedAt: row.last_used_at?.toISOString() ?? null,
        lastUsed: row.last_used_at?.toISOString() ?? null,
      }));
    },

    /** @throws Failure VALIDATION_ERROR for unknown scopes, KEY_TOO_WIDE for more than the maker has. */
    async create(actor: Actor, body: NewApiKey) {
      const scopes = [...new Set(given(body.permissions) ?? [])];
      assertKnown(scopes);
      assertNotWider(actor, scopes);
      const now = clock.now();
      const days = given(body.expiresInDays);
      const expiresAt = days === undefined ? null : later(now, days * dayMs);
      await assertNotLonger(actor, expiresAt);
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
        expires_at: expiresAt,
        last_used_at: null,
        profile_ids: null,
        created_at: now,
      };
      await store.insert(row);
      return { ...present(row), key };
    },

    /** @throws Failure API_KEY_NOT_FOUND, for another person's key as well. */
    async remove(actor: Actor, id: string): Promise<void> {
      const removed = await store.remove(actor.organizationId, actor.userId, id);
      authenticator.forget(({ apiKeyId }) => apiKeyId === id);
      if (!removed) throw new Failure('API_KEY_NOT_FOUND');
    },
  };

  async function assertNotLonger(actor: Actor, expiresAt: Date | null): Promise<void> {
    if (!actor.apiKeyId) return;
    const end = await store.expiresAt(actor.organizationId, actor.apiKeyId);
    if (end && (!expiresAt || expiresAt > end)) {
      throw new Failure('KEY_TOO_WIDE', { says: 'A key cannot make a key that lives longer than itself.' });
    }
  }
}
export type ApiKeyService = ReturnType<typeof createApiKeyService>;

function assertKnown(scopes: readonly string[]): void {
  const details = scopes
    .map((scope, index) => ({ scope, path: `/permissions/${index}` }))
    .filter(({ scope }) => permissionsOfScope(scope) === undefined)
    .map(({ scope, path }) => ({ path, problem: `there is no permission '${scope}'` }));
  if (details.length > 0) throw new Failure('VALIDATION_ERROR', { details });
}

/** A person's "everything" is bounded by the role at each use; a key's must be bounded when it is made. */
function assertNotWider(actor: Actor, scopes: readonly string[]): void {
  const everything = scopes.length === 0 || scopes.includes('*');
  if (everything && actor.kind === 'user') return;
  const wanted = everything ? permissionsOfRole(actor.role) : permissionsOfScopes(scopes);
  const missing = [...wanted].filter((permission) => !actor.permissions.has(permission));
  if (missing.length === 0) return;
  const details = missing.map((permission) => ({ path: '/permissions', problem: `you lack ${permission}` }));
  throw new Failure('KEY_TOO_WIDE', { details });
}

function present(row: Omit<Selectable<ApiKeysTable>, 'last_used_at'>) {
  return {
    id: row.id,
    name: row.name,
    prefix: row.prefix,
    permissions: row.permissions,
    responseFormat: row.response_format as 'envelope' | 'raw' | null,
    expiresAt: row.expires_at?.toISOString() ?? null,
    createdAt: row.created_at.toISOString(),
  };
}
