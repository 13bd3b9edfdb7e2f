import type { Actor, Origin } from '../../../platform/actor.ts';
import type { Clock } from '../../../platform/clock.ts';
import type { Config } from '../../../platform/config/config.ts';
import { errorCode } from '../../../platform/db/database-unusable.ts';
import { type Db, inTransaction } from '../../../platform/db/transaction.ts';
import { Failure } from '../../../platform/failures.ts';
import type { Attempts } from '../attempts.ts';
import { hashPassword, passwordMatches } from '../password/password-hash.ts';
import { normalEmail, type People } from '../people.ts';
import type { Sessions } from '../sessions/sessions.service.ts';
import type { SessionStore } from '../sessions/sessions.store.ts';
import type { TokenAnswer } from '../tokens.schema.ts';
import type { UserStore } from '../users.store.ts';
import type { LoginGuard } from './login-guard.ts';
import type { Registration } from './sign-in.schema.ts';

const uniqueViolation = '23505';

export interface SignInDeps {
  db: Db;
  clock: Clock;
  config: Pick<Config, 'registration' | 'production'>;
  store: UserStore;
  sessionStore: SessionStore;
  sessions: Sessions;
  attempts: Attempts;
  guard: LoginGuard;
  people: People;
}

export function createSignIn(deps: SignInDeps) {
  const { db, clock, config, store, sessionStore, sessions, attempts, guard, people } = deps;
  const registerLimit = {
    name: 'register',
    attemptsMax: config.production ? 10 : 300,
    windowSeconds: config.production ? 600 : 60,
  };
  /** Checked when no account fits, so that the answer takes as long as with one. */
  let dummyHash: Promise<string> | undefined;

  return {
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
      try {
        return await inTransaction(db, async (tx) => {
          if (config.registration === 'auto' && config.production && !(await store.isFirst(tx))) {
            throw new Failure('REGISTRATION_CLOSED');
          }
          return people.signIn(tx, await store.insertOwner(tx, owner, clock.now()), origin);
        });
      } catch (error) {
        if (isEmailTaken(error)) throw new Failure('EMAIL_TAKEN', { cause: error });
        throw error;
      }
    },

    /** @throws Failure INVALID_CREDENTIALS, alike for a wrong password, an unknown and a disabled account; RATE_LIMITED. */
    async login(body: { email: string; password: string }, origin: Origin): Promise<TokenAnswer> {
      const email = normalEmail(body.email);
      const candidate = await store.userByEmail(email);
      const isKnownDevice =
        candidate !== undefined && (await sessionStore.isKnown(candidate.id, origin.ipAddress, clock.now()));
      const who = { email, ipAddress: origin.ipAddress, isKnownDevice };
      const user = await guard.guarded(who, async () => {
        dummyHash ??= hashPassword('no account has this one');
        const fits = await passwordMatches(body.password, candidate?.password_hash ?? (await dummyHash));
        return fits && candidate?.is_active ? candidate : undefined;
      });
      return inTransaction(db, async (tx) => {
        await store.noteLogin(tx, user.id, clock.now());
        return people.signIn(tx, user, origin);
      });
    },

    /** @throws Failure INVALID_REFRESH_TOKEN or REFRESH_TOKEN_REUSED. */
    async refresh(refreshToken: string): Promise<TokenAnswer> {
      const session = await sessions.refresh(refreshToken);
      const user = await store.userById(session.userId);
      if (user?.is_active) return people.answer(user, session);
      await sessions.end(session.userId, session.sessionId);
      throw new Failure('INVALID_REFRESH_TOKEN');
    },

    async logout(actor: Actor): Promise<void> {
      await sessions.end(actor.userId, actor.sessionId ?? '');
    },
  };
}
export type SignIn = ReturnType<typeof createSignIn>;

/** Two who register one address at once both find it free; the database lets one of them in. */
function isEmailTaken(error: unknown): boolean {
  const { constraint } = error as { constraint?: string };
  return errorCode(error) === uniqueViolation && constraint === 'users_email_key';
}
