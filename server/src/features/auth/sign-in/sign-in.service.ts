import type { Actor, Origin } from '../../../platform/actor.ts';
import type { AuditLog } from '../../../platform/audit/record.ts';
import type { Clock } from '../../../platform/clock.ts';
import type { Config } from '../../../platform/config/config.ts';
import { whenTaken } from '../../../platform/db/taken.ts';
import { type Db, inTransaction } from '../../../platform/db/transaction.ts';
import { normalEmail } from '../../../platform/email.ts';
import { Failure } from '../../../platform/failures.ts';
import type { Attempts } from '../attempts.ts';
import type { VerificationLetters } from '../letters/verification.ts';
import type { Hashing } from '../password/hashing.ts';
import type { People } from '../people.ts';
import type { Sessions } from '../sessions/sessions.service.ts';
import type { SessionStore } from '../sessions/sessions.store.ts';
import type { TokenAnswer } from '../tokens.schema.ts';
import { actAs, type UserRow, type UserStore } from '../users.store.ts';
import type { LoginGuard } from './login-guard.ts';
import type { NewOrganization } from './new-organization.ts';
import type { SecondStepService } from './second-step.ts';
import type { Registration, SecondFactorDue } from './sign-in.schema.ts';

/** The id to look up where there is no account, so that both cases take one query. */
const nobody = '00000000-0000-0000-0000-000000000000';

export interface SignInDeps {
  db: Db;
  clock: Clock;
  config: Pick<Config, 'registration' | 'production'>;
  audit: AuditLog;
  store: UserStore;
  sessionStore: SessionStore;
  sessions: Sessions;
  attempts: Attempts;
  guard: LoginGuard;
  hashing: Hashing;
  people: People;
  secondStep: SecondStepService;
  verification: VerificationLetters;
  newOrganization: NewOrganization;
}

export function createSignIn(deps: SignInDeps) {
  const { db, clock, config, audit, store, sessionStore, sessions, attempts, guard, people } = deps;
  const { hashing, secondStep, verification } = deps;
  const registerLimit = {
    name: 'register',
    attemptsMax: config.production ? 10 : 300,
    windowSeconds: config.production ? 600 : 60,
  };

  /** An address without an account is not recorded: it may be a password in the wrong field. */
  async function noteFailure(user: UserRow | undefined, origin: Origin): Promise<void> {
    await audit.record(db, user ? actAs(user, origin) : { organizationId: null, userId: null, origin }, {
      action: 'auth.login_failed',
      resource: { type: 'user', id: user?.id ?? null },
      outcome: 'failed',
      details: { step: 'password' },
    });
  }

  return {
    /** Whether anybody could register now; read without a lock, so {@link register} may still refuse. */
    async registration(): Promise<{ open: boolean; hasOrganization: boolean }> {
      const hasOrganization = await store.hasOrganization();
      const isByItself = !config.production || !hasOrganization;
      const open = config.registration === 'open' || (config.registration === 'auto' && isByItself);
      return { open, hasOrganization };
    },

    /**
     * Creates an organisation with its owner, a first workspace and account, and signs the owner in.
     * @throws Failure REGISTRATION_CLOSED, RATE_LIMITED, VALIDATION_ERROR (password) or EMAIL_TAKEN.
     */
    async register(body: Registration, origin: Origin): Promise<TokenAnswer> {
      if (config.registration === 'closed') throw new Failure('REGISTRATION_CLOSED');
      await attempts.count(registerLimit, origin.ipAddress);
      const email = normalEmail(body.email);
      const passwordHash = await people.hashNew(body.password, email);
      if (await store.userByEmail(email)) throw new Failure('EMAIL_TAKEN');
      const owner = {
        email,
        passwordHash,
        name: body.name.trim(),
        organizationName: body.organizationName.trim(),
      };
      // Two requests at once may both find the address free; the database accepts one of them.
      return whenTaken('users_email_key', 'EMAIL_TAKEN', () =>
        inTransaction(db, async (tx) => {
          if (config.registration === 'auto' && config.production && !(await store.isFirst(tx))) {
            throw new Failure('REGISTRATION_CLOSED');
          }
          const user = await deps.newOrganization(tx, owner, clock.now());
          const by = actAs(user, origin);
          const organization = { type: 'organization', id: user.organization_id };
          await audit.record(tx, by, { action: 'org.create', resource: organization });
          await audit.record(tx, by, { action: 'auth.register', resource: { type: 'user', id: user.id } });
          await verification.send(tx, user);
          return people.signIn(tx, user, origin);
        }),
      );
    },

    /**
     * Answers tokens, or what the second step needs.
     * @throws Failure INVALID_CREDENTIALS, alike for a wrong password, an unknown and a disabled account; RATE_LIMITED.
     */
    async login(
      body: { email: string; password: string },
      origin: Origin,
    ): Promise<TokenAnswer | SecondFactorDue> {
      const email = normalEmail(body.email);
      const candidate = await store.userByEmail(email);
      const isKnownDevice = await sessionStore.isKnown(
        candidate?.id ?? nobody,
        origin.ipAddress,
        clock.now(),
      );
      const attempt = { email, ipAddress: origin.ipAddress, isKnownDevice };
      const user = await guard.guarded(attempt, async () => {
        const fits = await hashing.matches(body.password, candidate?.password_hash, isKnownDevice);
        if (fits && candidate?.is_active) return candidate;
        await noteFailure(candidate, origin);
        return undefined;
      });
      return inTransaction(db, async (tx) => {
        if (!(await store.lockUnchanged(tx, user))) throw new Failure('INVALID_CREDENTIALS');
        if (user.two_factor_enabled) return secondStep.begin(tx, user, origin);
        await store.noteLogin(tx, user.id, clock.now());
        const resource = { type: 'user', id: user.id };
        await audit.record(tx, actAs(user, origin), { action: 'auth.login', resource });
        return people.signIn(tx, user, origin);
      });
    },

    /** @throws Failure INVALID_REFRESH_TOKEN or REFRESH_TOKEN_REUSED. */
    async refresh(refreshToken: string, origin: Origin): Promise<TokenAnswer> {
      const session = await sessions.refresh(refreshToken, origin);
      const user = await store.userById(session.userId);
      if (!user) throw new Failure('INVALID_REFRESH_TOKEN');
      return people.answer(user, session, origin);
    },

    async logout(actor: Actor): Promise<void> {
      await sessions.end(actor, actor.sessionId ?? '', 'auth.logout');
    },
  };
}
export type SignIn = ReturnType<typeof createSignIn>;
