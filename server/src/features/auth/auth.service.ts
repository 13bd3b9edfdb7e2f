import type { Actor } from '../../platform/actor.ts';
import type { Clock } from '../../platform/clock.ts';
import type { Config } from '../../platform/config/config.ts';
import { errorCode } from '../../platform/db/database-unusable.ts';
import { type Db, inTransaction } from '../../platform/db/transaction.ts';
import { Failure } from '../../platform/failures.ts';
import type { Tokens } from '../access/index.ts';
import type { Attempts } from './attempts.ts';
import type { Registration, TokenAnswer } from './auth.schema.ts';
import type { AuthStore, Origin } from './auth.store.ts';
import type { LoginGuard } from './login-guard.ts';
import { hashPassword, passwordMatches } from './password-hash.ts';
import { passwordProblem } from './password-rules.ts';
import type { OpenSession, Sessions } from './sessions.service.ts';
import type { SessionStore } from './sessions.store.ts';

const uniqueViolation = '23505';

export interface AuthDeps {
  db: Db;
  clock: Clock;
  config: Pick<Config, 'registration' | 'production' | 'passwordLengthMin'>;
  store: AuthStore;
  sessionStore: SessionStore;
  sessions: Sessions;
  attempts: Attempts;
  guard: LoginGuard;
  tokens: Tokens;
}

type UserRow = NonNullable<Awaited<ReturnType<AuthStore['userById']>>>;

export function createAuthService(deps: AuthDeps) {
  const { db, clock, config, store, sessionStore, sessions, attempts, guard, tokens } = deps;
  const registerLimit = {
    name: 'register',
    attemptsMax: config.production ? 10 : 300,
    windowSeconds: config.production ? 600 : 60,
  };
  /** Checked when no account fits, so that the answer takes as long as with one. */
  let dummyHash: Promise<string> | undefined;

  async function answer(user: UserRow, session: OpenSession): Promise<TokenAnswer> {
    const { id, email, name, role, organization_id: organizationId } = user;
    const accessToken = await tokens.sign({
      userId: id,
      sessionId: session.sessionId,
      email,
      organizationId,
      role,
    });
    return {
      accessToken,
      refreshToken: session.refreshToken,
      expiresIn: tokens.accessTokenSeconds,
      user: { id, email, name, role, organizationId },
    };
  }

  async function assertGoodPassword(password: string, email: string): Promise<void> {
    const problem = await passwordProblem(password, { lengthMin: config.passwordLengthMin, email });
    if (problem) {
      throw new Failure('VALIDATION_ERROR', { says: problem, details: [{ path: '/password', problem }] });
    }
  }

  return {
    /**
     * Creates an organisation with its owner, a first workspace and account, and signs the owner in.
     * @throws Failure REGISTRATION_CLOSED, RATE_LIMITED, VALIDATION_ERROR (password) or EMAIL_TAKEN.
     */
    async register(body: Registration, origin: Origin): Promise<TokenAnswer> {
      if (config.registration === 'closed') throw new Failure('REGISTRATION_CLOSED');
      await attempts.count(registerLimit, origin.ipAddress);
      const email = normalEmail(body.email);
      await assertGoodPassword(body.password, email);
      if (await store.userByEmail(email)) throw new Failure('EMAIL_TAKEN');
      const owner = {
        email,
        passwordHash: await hashPassword(body.password),
        name: body.name.trim(),
        organizationName: body.organizationName.trim(),
      };
      try {
        const { user, session } = await inTransaction(db, async (tx) => {
          if (config.registration === 'auto' && config.production && !(await store.isFirst(tx))) {
            throw new Failure('REGISTRATION_CLOSED');
          }
          const user = await store.insertOwner(tx, owner, clock.now());
          return { user, session: await sessions.begin(tx, user.id, origin) };
        });
        return await answer(user, session);
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
      const session = await inTransaction(db, async (tx) => {
        await store.noteLogin(tx, user.id, clock.now());
        return sessions.begin(tx, user.id, origin);
      });
      return answer(user, session);
    },

    /** @throws Failure INVALID_REFRESH_TOKEN or REFRESH_TOKEN_REUSED. */
    async refresh(refreshToken: string): Promise<TokenAnswer> {
      const session = await sessions.refresh(refreshToken);
      const user = await store.userById(session.userId);
      if (user?.is_active) return answer(user, session);
      await sessions.end(session.userId, session.sessionId);
      throw new Failure('INVALID_REFRESH_TOKEN');
    },

    async logout(actor: Actor): Promise<void> {
      await sessions.end(actor.userId, actor.sessionId ?? '');
    },

    async me(actor: Actor) {
      const user = await store.userById(actor.userId);
      if (!user) throw new Failure('SESSION_REVOKED');
      const organization = await store.organization(user.organization_id);
      return {
        id: user.id,
        organizationId: user.organization_id,
        email: user.email,
        name: user.name,
        role: user.role,
        isActive: user.is_active,
        preferences: user.preferences,
        lastLoginAt: user.last_login_at?.toISOString() ?? null,
        createdAt: user.created_at.toISOString(),
        updatedAt: user.updated_at.toISOString(),
        twoFactorEnabled: false,
        organization: {
          id: organization.id,
          name: organization.name,
          slug: organization.slug,
          plan: organization.plan,
          settings: organization.settings,
          createdAt: organization.created_at.toISOString(),
          updatedAt: organization.updated_at.toISOString(),
        },
        backupCodesRemaining: 0,
      };
    },
  };
}
export type AuthService = ReturnType<typeof createAuthService>;

/** Two who register one address at once both find it free; the database lets one of them in. */
function isEmailTaken(error: unknown): boolean {
  const { constraint } = error as { constraint?: string };
  return errorCode(error) === uniqueViolation && constraint === 'users_email_key';
}

/** Addresses differ by case for nobody, and one account must have one of them. */
function normalEmail(email: string): string {
  return email.trim().normalize('NFC').toLowerCase();
}
