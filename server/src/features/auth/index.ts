import type { AuditLog } from '../../platform/audit/record.ts';
import type { Clock } from '../../platform/clock.ts';
import type { Config } from '../../platform/config/config.ts';
import type { Vault } from '../../platform/crypto.ts';
import type { Db } from '../../platform/db/transaction.ts';
import type { Feature } from '../../platform/feature.ts';
import type { MailQueue } from '../../platform/mail.ts';
import type { AccessAuthenticator, Tokens } from '../access/index.ts';
import { createAttempts } from './attempts.ts';
import { authRoutes } from './auth.routes.ts';
import { createAuthService } from './auth.service.ts';
import { createAuthStore } from './auth.store.ts';
import { createLoginGuard } from './login-guard.ts';
import { createPeople, type People } from './people.ts';
import { createSessions } from './sessions.service.ts';
import { createSessionStore } from './sessions.store.ts';

export { type Attempts, createAttempts } from './attempts.ts';
export { TokenResponse } from './auth.schema.ts';
export { normalEmail, type People } from './people.ts';

export interface AuthFeatureDeps {
  db: Db;
  clock: Clock;
  vault: Vault;
  audit: AuditLog;
  mail: MailQueue;
  authenticator: AccessAuthenticator;
  tokens: Tokens;
  config: Pick<Config, 'registration' | 'production' | 'passwordLengthMin' | 'refreshTokenSeconds'>;
}

/** Registering, signing in and out. `purge` deletes ended sessions and attempts that count no longer. */
export function createAuth(deps: AuthFeatureDeps): {
  feature: Feature;
  people: People;
  purge(): Promise<void>;
} {
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
  const store = createAuthStore(db);
  const people = createPeople({ store, sessionStore, sessions, attempts, tokens, authenticator, config });
  const auth = createAuthService({
    db,
    clock,
    config,
    store,
    sessionStore,
    sessions,
    attempts,
    guard: createLoginGuard(attempts),
    people,
  });
  return {
    feature: {
      name: 'auth',
      routes: (app) => authRoutes(app, { auth, sessions }),
    },
    people,
    async purge() {
      await attempts.purge();
      await sessionStore.purge(clock.now());
    },
  };
}
