import type { AuditLog } from '../../platform/audit/record.ts';
import type { Clock } from '../../platform/clock.ts';
import type { Config } from '../../platform/config/config.ts';
import type { Vault } from '../../platform/crypto.ts';
import type { Db } from '../../platform/db/transaction.ts';
import type { EventRecorder } from '../../platform/events/record.ts';
import type { Feature } from '../../platform/feature.ts';
import type { JobQueue } from '../../platform/jobs/jobs.ts';
import type { LinkConfig } from '../../platform/links.ts';
import type { Log } from '../../platform/log.ts';
import type { MailQueue } from '../../platform/mail.ts';
import type { AccessAuthenticator, Tokens } from '../access/index.ts';
import { type Attempts, createAttempts } from './attempts.ts';
import { accountSecured } from './auth.events.ts';
import { authKeeps } from './auth.keeps.ts';
import { createLetterTokenStore } from './letters/letter-tokens.store.ts';
import { writeResetLetter } from './letters/letters.jobs.ts';
import { letterRoutes } from './letters/letters.routes.ts';
import { createPasswordReset } from './letters/password-reset.ts';
import { createVerification } from './letters/verification.ts';
import { meRoutes } from './me/me.routes.ts';
import { createMe, type PreferenceRules } from './me/me.service.ts';
import { createHashing } from './password/hashing.ts';
import { passwordRoutes } from './password/password.routes.ts';
import { createPasswords } from './password/password.service.ts';
import type { PasswordCost } from './password/password-hash.ts';
import { createPeople, type People } from './people.ts';
import { type BrowserSessions, createBrowserSessions } from './sessions/browser-sessions.ts';
import { sessionRoutes } from './sessions/sessions.routes.ts';
import { createSessions } from './sessions/sessions.service.ts';
import { createSessionStore } from './sessions/sessions.store.ts';
import { createChallengeStore } from './sign-in/challenges.store.ts';
import { createGuessingNotice } from './sign-in/guessing-notice.ts';
import { createLoginGuard } from './sign-in/login-guard.ts';
import { createNewOrganization, type InsertOrganization } from './sign-in/new-organization.ts';
import { createSecondStep } from './sign-in/second-step.ts';
import { tellOfGuessing } from './sign-in/sign-in.jobs.ts';
import { signInRoutes } from './sign-in/sign-in.routes.ts';
import { createSignIn, type SignIn } from './sign-in/sign-in.service.ts';
import { createSecondFactor } from './two-factor/second-factor.ts';
import { twoFactorRoutes } from './two-factor/two-factor.routes.ts';
import { createTwoFactor } from './two-factor/two-factor.service.ts';
import { createTwoFactorStore } from './two-factor/two-factor.store.ts';
import { createUserStore } from './users.store.ts';

export { passwordLengthMax } from './password/password-hash.ts';
export { type BrowserSessions, cookieWords } from './sessions/browser-sessions.ts';
export { touchSession } from './sessions/sessions.store.ts';
export { TokenResponse } from './tokens.schema.ts';
export { insertUser, removeUser, setBaseRole, updateUser } from './user-changes.store.ts';
export type { Attempts, PasswordCost, People };

export interface AuthFeatureDeps {
  db: Db;
  clock: Clock;
  vault: Vault;
  audit: AuditLog;
  events: EventRecorder;
  log: Log;
  jobs: JobQueue;
  mail: MailQueue;
  authenticator: AccessAuthenticator;
  tokens: Tokens;
  insertOrganization: InsertOrganization;
  preferences: PreferenceRules;
  /** Tests hash at a lower cost. */
  passwordCost?: PasswordCost | undefined;
  config: LinkConfig &
    Pick<Config, 'registration' | 'production' | 'passwordLengthMin' | 'refreshTokenSeconds'>;
}

/** Registering, signing in and out. `people` and `attempts` are for other areas. */
export function createAuth(deps: AuthFeatureDeps): {
  feature: Feature;
  people: People;
  attempts: Attempts;
  registration: SignIn['registration'];
  browserSessions: BrowserSessions;
} {
  const { db, clock, tokens, config } = deps;
  const users = createUserStore(db);
  const sessionStore = createSessionStore(db);
  const challenges = createChallengeStore(db);
  const letterTokens = createLetterTokenStore({ db, clock });
  const twoFactorStore = createTwoFactorStore(db);
  const attempts = createAttempts({ db, clock });
  const hashing = createHashing(deps.passwordCost);
  const notice = createGuessingNotice({ ...deps, attempts, users });
  const guard = createLoginGuard({ attempts, notice });
  const { accessTokenSeconds } = tokens;
  const { refreshTokenSeconds } = config;
  const sessions = createSessions({ ...deps, store: sessionStore, accessTokenSeconds, refreshTokenSeconds });
  const people = createPeople({ ...deps, store: users, sessionStore, sessions, attempts, hashing });
  const browserSessions = createBrowserSessions(config);
  const secondFactor = createSecondFactor({ ...deps, store: twoFactorStore, attempts });
  const letters = { ...deps, users, attempts, tokens: letterTokens };
  const verification = createVerification(letters);
  const reset = createPasswordReset({ ...letters, guard, challenges, people });
  const secondStep = createSecondStep({
    ...{ ...deps, users, sessionStore, challenges },
    ...{ attempts, notice, secondFactor, people },
  });
  const signIn = createSignIn({
    ...{ ...deps, store: users, sessionStore, sessions, attempts, guard },
    ...{ hashing, people, secondStep, verification },
    newOrganization: createNewOrganization(deps.insertOrganization),
  });
  const twoFactor = createTwoFactor({
    ...{ ...deps, users, store: twoFactorStore, challenges },
    ...{ secondFactor, people },
  });
  const me = createMe({ ...deps, store: users, twoFactor: twoFactorStore });
  const passwords = createPasswords({ ...deps, users, challenges, letterTokens, people });
  return {
    feature: {
      name: 'auth',
      async purge() {
        const now = clock.now();
        await attempts.purge();
        await sessionStore.purge(now);
        await challenges.purge(now);
        await letterTokens.purge(now);
      },
      routes(app) {
        signInRoutes(app, signIn, secondStep, browserSessions);
        meRoutes(app, me);
        passwordRoutes(app, passwords);
        letterRoutes(app, { reset, verification });
        twoFactorRoutes(app, twoFactor);
        sessionRoutes(app, sessions);
      },
      jobs: [writeResetLetter.runs(reset.write), tellOfGuessing.runs(notice.write)],
      enqueues: [writeResetLetter, tellOfGuessing],
      events: [accountSecured],
      keeps: authKeeps,
    },
    people,
    attempts,
    registration: signIn.registration,
    browserSessions,
  };
}
