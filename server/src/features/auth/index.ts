import type { AuditLog } from '../../platform/audit/record.ts';
import type { Clock } from '../../platform/clock.ts';
import type { Config } from '../../platform/config/config.ts';
import type { Vault } from '../../platform/crypto.ts';
import type { Db } from '../../platform/db/transaction.ts';
import type { Feature } from '../../platform/feature.ts';
import type { MailQueue } from '../../platform/mail.ts';
import type { AccessAuthenticator, Tokens } from '../access/index.ts';
import { createAttempts } from './attempts.ts';
import { meRoutes } from './me/me.routes.ts';
import { createMe } from './me/me.service.ts';
import { createPeople, type People } from './people.ts';
import { sessionRoutes } from './sessions/sessions.routes.ts';
import { createSessions } from './sessions/sessions.service.ts';
import { createSessionStore } from './sessions/sessions.store.ts';
import { createLoginGuard } from './sign-in/login-guard.ts';
import { signInRoutes } from './sign-in/sign-in.routes.ts';
import { createSignIn } from './sign-in/sign-in.service.ts';
import { createUserStore } from './users.store.ts';

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
  const store = createUserStore(db);
  const people = createPeople({ store, sessionStore, sessions, attempts, tokens, authenticator, config });
  const signIn = createSignIn({
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
      routes(app) {
        signInRoutes(app, signIn);
        meRoutes(app, createMe({ store }));
        sessionRoutes(app, sessions);
      },
    },
    people,
    async purge() {
      await attempts.purge();
      await sessionStore.purge(clock.now());
    },
  };
}
