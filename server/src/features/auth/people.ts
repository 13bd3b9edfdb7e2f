import type { Actor, Origin } from '../../platform/actor.ts';
import type { Clock } from '../../platform/clock.ts';
import type { Config } from '../../platform/config/config.ts';
import { afterCommit, type Tx } from '../../platform/db/transaction.ts';
import { Failure } from '../../platform/failures.ts';
import type { AccessAuthenticator, Tokens } from '../access/index.ts';
import type { AttemptLimit, Attempts } from './attempts.ts';
import type { Hashing } from './password/hashing.ts';
import { passwordProblem } from './password/password-rules.ts';
import type { OpenSession, Sessions } from './sessions/sessions.service.ts';
import type { SessionStore } from './sessions/sessions.store.ts';
import type { TokenAnswer } from './tokens.schema.ts';
import type { UserRow, UserStore } from './users.store.ts';

const confirmLimit: AttemptLimit = { name: 'confirm', attemptsMax: 10, windowSeconds: 900 };
/** What a script could steal from a page is of little use. */
const pageTokenSeconds = 900;

export interface PeopleDeps {
  store: UserStore;
  sessionStore: SessionStore;
  sessions: Sessions;
  attempts: Attempts;
  hashing: Hashing;
  tokens: Tokens;
  authenticator: AccessAuthenticator;
  clock: Clock;
  config: Pick<Config, 'passwordLengthMin'>;
}

/** Passwords, sessions and tokens of people, as the routes of this area and other areas need them. */
export interface People {
  /**
   * The hash of a new password; `path` is where the body has it.
   * @throws Failure VALIDATION_ERROR when it is too short or too common; RATE_LIMITED under a flood of passwords.
   */
  hashNew(password: string, email: string, path?: string): Promise<string>;
  /** Begins a session and answers its tokens, which are good once the transaction has committed. */
  signIn(tx: Tx, user: UserRow, origin: Origin): Promise<TokenAnswer>;
  /** The tokens of a session that goes on. */
  answer(user: UserRow, session: OpenSession, origin: Origin): Promise<TokenAnswer>;
  /** Ends every session of a user but the one to keep; their tokens stop as soon as the transaction commits. */
  endSessions(tx: Tx, userId: string, keptId?: string): Promise<number>;
  /** Remembers that this user may sign in from there, however many guess elsewhere. */
  notePlace(tx: Tx, userId: string, origin: Origin): Promise<void>;
  /** Makes this node read the permissions of a user anew, once the transaction has committed. */
  forget(tx: Tx, userId: string): void;
  /** Checks the password of a signed-in person before a dangerous change. @throws Failure PASSWORD_INCORRECT or RATE_LIMITED. */
  confirm(actor: Actor, password: string): Promise<void>;
}

export function createPeople(deps: PeopleDeps): People {
  const { store, sessionStore, sessions, attempts, hashing, tokens, authenticator, clock, config } = deps;

  async function answer(user: UserRow, session: OpenSession, origin: Origin): Promise<TokenAnswer> {
    const { id, email, name, role, organization_id: organizationId } = user;
    const { sessionId, refreshToken } = session;
    const { token: accessToken, seconds } = await tokens.sign({
      ...{ userId: id, sessionId, email, organizationId, role },
      ...(origin.keepsCookie && { secondsMax: pageTokenSeconds }),
    });
    const summary = { id, email, name, role, organizationId };
    return { accessToken, refreshToken, expiresIn: seconds, user: summary };
  }

  return {
    answer,
    async hashNew(password, email, path = '/password') {
      const problem = await passwordProblem(password, { lengthMin: config.passwordLengthMin, email });
      if (problem) throw new Failure('VALIDATION_ERROR', { says: problem, details: [{ path, problem }] });
      return hashing.hash(password);
    },
    async signIn(tx, user, origin) {
      return answer(user, await sessions.begin(tx, user.id, origin), origin);
    },
    async endSessions(tx, userId, keptId) {
      const count = await sessionStore.endOthers(tx, userId, keptId);
      // Somebody who shared the password may have signed in there: no network is known any more.
      await sessionStore.forgetPlaces(tx, userId);
      afterCommit(tx, () =>
        authenticator.forget((actor) => actor.userId === userId && actor.sessionId !== keptId),
      );
      return count;
    },
    notePlace: (tx, userId, { ipAddress }) => sessionStore.notePlace(tx, userId, ipAddress, clock.now()),
    forget(tx, userId) {
      afterCommit(tx, () => authenticator.forget((actor) => actor.userId === userId));
    },
    async confirm(actor, password) {
      // Counted before the check, so that guesses sent at once get no more tries than guesses in turn; and by session,
      // so that guesses through a stolen session do not block the owner's.
      const subject = `${actor.userId} ${actor.sessionId}`;
      await attempts.count(confirmLimit, subject);
      const user = await store.userById(actor.userId);
      const fits = await hashing
        .matches(password, user?.password_hash, true)
        .catch(async (error: unknown) => {
          // The check was refused or failed: no guess was made.
          await attempts.takeBack(confirmLimit, subject);
          throw error;
        });
      if (!fits) throw new Failure('PASSWORD_INCORRECT');
      await attempts.forget(confirmLimit, subject);
    },
  };
}
