import type { Clock } from '../../platform/clock.ts';
import type { Config } from '../../platform/config/config.ts';
import type { Vault } from '../../platform/crypto.ts';
import type { Db } from '../../platform/db/transaction.ts';
import type { Feature } from '../../platform/feature.ts';
import type { Log } from '../../platform/log.ts';
import { createAccessStore } from './access.store.ts';
import { type AccessAuthenticator, createAuthenticator } from './authenticator.ts';
import { createTokens, type Tokens } from './tokens.ts';

export { type GrantRow, grantsOf } from './access.store.ts';
export { type AccessAuthenticator, keyPrefix, rightsOf } from './authenticator.ts';
export { assertMayGive, assertNotAbove, missing, permissionsAnywhere } from './giving.ts';
export { permissionsOfRole, permissionsOfRow, systemRoles } from './roles.ts';
export { permissionsOfScope, permissionsOfScopes } from './scopes.ts';
export { digest, type Tokens } from './tokens.ts';

export interface AccessDeps {
  db: Db;
  clock: Clock;
  log: Log;
  vault: Vault;
  config: Pick<Config, 'jwtSecret' | 'accessTokenSeconds'>;
  /** Notes the last use of a session, or of a key; by those who keep them. */
  touchSession(db: Db, id: string, now: Date, notSince: Date): Promise<void>;
  touchKey(db: Db, id: string, now: Date, notSince: Date): Promise<void>;
}

/** Authentication for every door, and the tokens that `auth` hands out. */
export function createAccess(deps: AccessDeps): {
  feature: Feature;
  authenticator: AccessAuthenticator;
  tokens: Tokens;
} {
  const { db, clock, log, vault, config } = deps;
  const secret = config.jwtSecret ? Buffer.from(config.jwtSecret, 'utf8') : vault.derive('jwt');
  const tokens = createTokens({ secret, accessTokenSeconds: config.accessTokenSeconds, clock });
  const authenticator = createAuthenticator({
    store: createAccessStore(db),
    tokens,
    clock,
    log,
    touchSession: (...last) => deps.touchSession(db, ...last),
    touchKey: (...last) => deps.touchKey(db, ...last),
  });
  return {
    feature: { name: 'access', stop: () => authenticator.settle() },
    authenticator,
    tokens,
  };
}
