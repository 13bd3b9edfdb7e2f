import { given } from '../../../http/schema.ts';
import type { Actor } from '../../../platform/actor.ts';
import type { AuditLog } from '../../../platform/audit/record.ts';
import type { Clock } from '../../../platform/clock.ts';
import type { Vault } from '../../../platform/crypto.ts';
import { type Db, inTransaction, type Tx } from '../../../platform/db/transaction.ts';
import type { EventRecorder } from '../../../platform/events/record.ts';
import { Failure } from '../../../platform/failures.ts';
import { qrPicture } from '../../../platform/qr-code.ts';
import { accountSecured, securedBy } from '../auth.events.ts';
import type { People } from '../people.ts';
import type { ChallengeStore } from '../sign-in/challenges.store.ts';
import type { UserRow, UserStore } from '../users.store.ts';
import { createCodeHash, newBackupCodes } from './backup-codes.ts';
import type { SecondFactor } from './second-factor.ts';
import { newSecret, otpauthUrl, stepOf } from './totp.ts';
import type { Proof } from './two-factor.schema.ts';
import type { TwoFactorStore } from './two-factor.store.ts';

export interface TwoFactorDeps {
  db: Db;
  clock: Clock;
  vault: Vault;
  audit: AuditLog;
  events: EventRecorder;
  users: UserStore;
  store: TwoFactorStore;
  challenges: ChallengeStore;
  secondFactor: SecondFactor;
  people: People;
}

/** A person's second factor: set up, switched on with a first code, switched off and renewed with a proof. */
export function createTwoFactor(deps: TwoFactorDeps) {
  const { db, clock, audit, events, users, store, challenges, secondFactor, people } = deps;
  const hashOf = createCodeHash(deps.vault);

  async function userOf(actor: Actor): Promise<UserRow> {
    const user = await users.userById(actor.userId);
    if (!user) throw new Failure('SESSION_REVOKED');
    return user;
  }

  async function newCodes(tx: Tx, userId: string): Promise<string[]> {
    const codes = newBackupCodes();
    const hashes = codes.map((code) => hashOf(userId, code));
    if (await store.replaceCodes(tx, userId, hashes, clock.now())) return codes;
    throw new Failure('TWO_FACTOR_NOT_ENABLED');
  }

  /** Runs the work after the person has proved themselves by the password or by a code, which is used up in the same transaction. */
  async function withProof<T>(actor: Actor, proof: Proof, work: (tx: Tx) => Promise<T>): Promise<T> {
    const user = await userOf(actor);
    if (!user.two_factor_enabled) throw new Failure('TWO_FACTOR_NOT_ENABLED');
    const password = given(proof.password);
    const token = given(proof.token);
    if (password !== undefined) {
      await people.confirm(actor, password);
      return inTransaction(db, work);
    }
    if (token === undefined) throw new Failure('VALIDATION_ERROR', { details: [proofMissing] });
    const outcome = await secondFactor.guarded(inSession(actor, token), () =>
      inTransaction(db, async (tx) =>
        (await secondFactor.claim(tx, user, token)) ? { done: await work(tx) } : undefined,
      ),
    );
    if (!outcome) throw new Failure('TWO_FACTOR_CODE_INVALID');
    return outcome.done;
  }

  return {
    /** A new secret, stored but not yet in use. @throws Failure TWO_FACTOR_ALREADY_ENABLED */
    async setUp(actor: Actor) {
      const { id, email } = await userOf(actor);
      const secret = newSecret();
      const isStored = await store.keepSecret(id, secondFactor.seal(id, secret), clock.now());
      if (!isStored) throw new Failure('TWO_FACTOR_ALREADY_ENABLED');
      const url = otpauthUrl(secret, email);
      return { secret, otpauthUrl: url, qrCodeDataUrl: await qrPicture(url) };
    },

    /** @throws Failure TWO_FACTOR_ALREADY_ENABLED, TWO_FACTOR_NOT_SET_UP, TWO_FACTOR_CODE_INVALID or RATE_LIMITED. */
    async enable(actor: Actor, token: string) {
      const user = await userOf(actor);
      const secret = user.two_factor_secret;
      if (user.two_factor_enabled) throw new Failure('TWO_FACTOR_ALREADY_ENABLED');
      if (!secret) throw new Failure('TWO_FACTOR_NOT_SET_UP');
      const code = token.replaceAll(/\s/g, '');
      const backupCodes = await secondFactor.guarded(inSession(actor, token), async () => {
        const step = stepOf(code, secondFactor.open(user.id, secret), clock.now());
        if (step === undefined) return undefined;
        return inTransaction(db, async (tx) => {
          if (!(await store.enable(tx, user.id, secret, step, clock.now()))) return undefined;
          await audit.record(tx, actor, { action: 'auth.mfa_enable', resource: resourceOf(actor) });
          await events.record(tx, accountSecured, securedBy(actor, 'two-factor-on'));
          return newCodes(tx, user.id);
        });
      });
      if (!backupCodes) throw new Failure('TWO_FACTOR_CODE_INVALID');
      return { enabled: true, backupCodes };
    },

    /**
     * Ends the other sessions too: after the account has become less protected, they must sign in again.
     * @throws Failure TWO_FACTOR_NOT_ENABLED, VALIDATION_ERROR, PASSWORD_INCORRECT, TWO_FACTOR_CODE_INVALID or RATE_LIMITED.
     */
    async disable(actor: Actor, proof: Proof) {
      await withProof(actor, proof, async (tx) => {
        if (!(await store.disable(tx, actor.userId, clock.now()))) {
          throw new Failure('TWO_FACTOR_NOT_ENABLED');
        }
        await challenges.endOf(tx, actor.userId);
        await people.endSessions(tx, actor.userId, actor.sessionId);
        await audit.record(tx, actor, { action: 'auth.mfa_disable', resource: resourceOf(actor) });
        await events.record(tx, accountSecured, securedBy(actor, 'two-factor-off'));
      });
      return { success: true, message: 'Two-factor authentication disabled' };
    },

    /** Replaces all backup codes by new ones. @throws Failure as `disable` does. */
    async renewCodes(actor: Actor, proof: Proof) {
      const backupCodes = await withProof(actor, proof, async (tx) => {
        await audit.record(tx, actor, { action: 'auth.mfa_backup_codes', resource: resourceOf(actor) });
        return newCodes(tx, actor.userId);
      });
      return { backupCodes };
    },
  };
}
export type TwoFactor = ReturnType<typeof createTwoFactor>;

const proofMissing = { path: '/password', problem: 'give the current password, or a code as token' };

const resourceOf = ({ userId }: Actor) => ({ type: 'user', id: userId });

const inSession = ({ userId, sessionId = '' }: Actor, code: string) => ({
  userId,
  code,
  from: sessionId,
  isKnown: true,
});
