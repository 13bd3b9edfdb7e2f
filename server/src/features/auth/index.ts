import type { Clock } from '../../platform/clock.ts';
import type { Config } from '../../platform/config/config.ts';
import type { Vault } from '../../platform/crypto.ts';
import type { Db } from '../../platform/db/transaction.ts';
import type { Feature } from '../../platform/feature.ts';
import type { AccessAuthenticator, Tokens } from '../access/index.ts';
import { createAttempts } from './attempts.ts';
import { authRoutes } from './auth.routes.ts';
import { createAuthService } from './auth.service.ts';
import { createAuthStore } from './auth.store.ts';
import { createLoginGuard } from './login-guard.ts';
import { createSessions } from './sessions.service.ts';
import { createSessionStore } from './sessions.store.ts';

export interface AuthFeatureDeps {
  db: Db;
  clock: Clock;
  vault: Vault;
  authenticator: AccessAuthenticator;
  tokens: Tokens;
  config: Pick<Config, 'registration' | 'production' | 'passwordLengthMin' | 'refreshTokenSeconds'>;
}

/** Registering, signing in and out. `purge` deletes ended sessions and attempts that count no longer. */
export function createAuth(deps: AuthFeatureDeps): { feature: Feature; purge(): Promise<void> } {
  const { db, clock, vault, authenticator, tokens, config } = deps;
  const sessionStore = createSessionStore(db);
  const attempts = createAttempts({ db, clock });
  const sessions = createSessions({
    db,
    store: sessionStore,
    clock,
    vault,
    authenticator,
    accessTokenSeconds: tokens.accessTokenSeconds,
    refreshTokenSeconds: config.refreshTokenSeconds,
  });
  const auth = createAuthService({
    db,
    clock,
    config,
    store: createAuthStore(db),
    sessionStore,
    sessions,
    attempts,
    guard: createLoginGuard(attempts),
    tokens,
  });
  return {
    feature: {
      name: 'auth',
      routes: (app) => authRoutes(app, { auth, sessions }),
    },
    async purge() {
      await attempts.purge();
      await sessionStore.purge(clock.now());
    },
  };
}
