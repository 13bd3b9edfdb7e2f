import { randomBytes } from 'node:crypto';
import { given } from '../../../http/schema.ts';
import type { Origin } from '../../../platform/actor.ts';
import { countedAddress } from '../../../platform/address.ts';
import type { AuditLog } from '../../../platform/audit/record.ts';
import { type Clock, later } from '../../../platform/clock.ts';
import { type Db, inTransaction, type Tx } from '../../../platform/db/transaction.ts';
import { Failure } from '../../../platform/failures.ts';
import { isUuid } from '../../../platform/ids.ts';
import { digest } from '../../access/index.ts';
import type { AttemptLimit, Attempts } from '../attempts.ts';
import type { People } from '../people.ts';
import type { SessionStore } from '../sessions/sessions.store.ts';
import type { TokenAnswer } from '../tokens.schema.ts';
import type { SecondFactor } from '../two-factor/second-factor.ts';
import { actAs, type UserRow, type UserStore } from '../users.store.ts';
import type { ChallengeStore } from './challenges.store.ts';
import type { GuessingNotice } from './guessing-notice.ts';
import type { SecondFactorDue, SecondStep } from './sign-in.schema.ts';

const challengeSeconds = 300;
const attemptsMax = 5;
/** Failed second steps from one address, for whichever account. */
const perAddress: AttemptLimit = { name: 'second-step-address', attemptsMax: 30, windowSeconds: 60 };

export interface SecondStepDeps {
  db: Db;
  clock: Clock;
  audit: AuditLog;
  attempts: Attempts;
  notice: Pick<GuessingNotice, 'tell'>;
  users: UserStore;
  sessionStore: Pick<SessionStore, 'isKnown'>;
  challenges: ChallengeStore;
  secondFactor: SecondFactor;
  people: People;
}

/** The second step of a login: it begins after the right password and ends with a code. */
export function createSecondStep(deps: SecondStepDeps) {
  const { db, clock, audit, attempts, notice, users, sessionStore, challenges, secondFactor, people } = deps;

  async function challengeOf(body: SecondStep, ipAddress: string): Promise<Buffer | undefined> {
    const { userId } = body;
    if (!isUuid(userId)) return undefined;
    const token = given(body.challenge);
    const now = clock.now();
    const tokenHash =
      token === undefined ? await challenges.newest(userId, ipAddress, now, attemptsMax) : digest(token);
    return tokenHash && challenges.attempt(userId, tokenHash, now, attemptsMax);
  }

  async function complete(tx: Tx, user: UserRow, code: string, challenge: Buffer, origin: Origin) {
    if (!(await users.lockUnchanged(tx, user))) throw new Failure('LOGIN_CHALLENGE_GONE');
    const factor = await secondFactor.claim(tx, user, code);
    if (!factor) return undefined;
    if (!(await challenges.consume(tx, challenge))) throw new Failure('LOGIN_CHALLENGE_GONE');
    await users.noteLogin(tx, user.id, clock.now());
    await audit.record(tx, actAs(user, origin), {
      action: 'auth.login',
      resource: { type: 'user', id: user.id },
      details: { secondFactor: factor },
    });
    return people.signIn(tx, user, origin);
  }

  return {
    /** Stores that the password was right; the answer contains no tokens yet. */
    async begin(tx: Tx, { id }: UserRow, { ipAddress }: Origin): Promise<SecondFactorDue> {
      const challenge = `mwc_${randomBytes(32).toString('base64url')}`;
      const now = clock.now();
      const row = { tokenHash: digest(challenge), userId: id, ipAddress };
      await challenges.insert(tx, row, now, later(now, challengeSeconds * 1000));
      return { requires2FA: true, userId: id, challenge, expiresIn: challengeSeconds };
    },

    /**
     * Signs in with a code. A client that sends no challenge gets the newest one of its address.
     * @throws Failure LOGIN_CHALLENGE_GONE, alike for an unknown user, one without a second factor and one
     * who has not just shown the password; INVALID_TWO_FACTOR_CODE; RATE_LIMITED.
     */
    async verify(body: SecondStep, origin: Origin): Promise<TokenAnswer> {
      const { ipAddress } = origin;
      await attempts.check(perAddress, ipAddress);
      const challenge = await challengeOf(body, ipAddress);
      const user = challenge && (await users.userById(body.userId));
      if (!challenge || !user?.is_active || !user.two_factor_enabled) {
        await attempts.count(perAddress, ipAddress);
        throw new Failure('LOGIN_CHALLENGE_GONE');
      }
      const isKnown = await sessionStore.isKnown(user.id, ipAddress, clock.now());
      const attempt = { userId: user.id, code: body.token, from: countedAddress(ipAddress), isKnown };
      const answer = await secondFactor
        .guarded(attempt, () => inTransaction(db, (tx) => complete(tx, user, body.token, challenge, origin)))
        .catch(async (error: unknown) => {
          const isLimit = error instanceof Failure && error.code === 'RATE_LIMITED';
          if (isLimit) await notice.tell(user.email, 'code');
          throw error;
        });
      if (answer) return answer;
      await audit.record(db, actAs(user, origin), {
        action: 'auth.login_failed',
        resource: { type: 'user', id: user.id },
        outcome: 'failed',
        details: { step: 'second-factor' },
      });
      await attempts.count(perAddress, ipAddress);
      throw new Failure('INVALID_TWO_FACTOR_CODE');
    },
  };
}
export type SecondStepService = ReturnType<typeof createSecondStep>;
