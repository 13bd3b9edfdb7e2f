import type { Origin } from '../../../platform/actor.ts';
import { countedAddress } from '../../../platform/address.ts';
import type { AuditLog } from '../../../platform/audit/record.ts';
import { type Clock, hourMs } from '../../../platform/clock.ts';
import type { Vault } from '../../../platform/crypto.ts';
import { type Db, inTransaction } from '../../../platform/db/transaction.ts';
import { normalEmail } from '../../../platform/email.ts';
import type { EventRecorder } from '../../../platform/events/record.ts';
import { Failure } from '../../../platform/failures.ts';
import { newId } from '../../../platform/ids.ts';
import type { JobQueue } from '../../../platform/jobs/jobs.ts';
import { type LinkConfig, linkTo, newLinkToken } from '../../../platform/links.ts';
import type { MailQueue } from '../../../platform/mail.ts';
import { digest } from '../../access/index.ts';
import type { AttemptLimit, Attempts } from '../attempts.ts';
import { accountSecured, securedBy } from '../auth.events.ts';
import type { People } from '../people.ts';
import type { ChallengeStore } from '../sign-in/challenges.store.ts';
import type { LoginGuard } from '../sign-in/login-guard.ts';
import { actAs, type UserStore } from '../users.store.ts';
import type { LetterTokenStore } from './letter-tokens.store.ts';
import { writeResetLetter } from './letters.jobs.ts';

const goodForMs = hourMs;
const perAddress: AttemptLimit = { name: 'reset-letter-address', attemptsMax: 20, windowSeconds: 900 };
const perPlace: AttemptLimit = { name: 'reset-letter-place', attemptsMax: 5, windowSeconds: 3600 };
/** Letters within the time that links are good: after the fifth, the links in the inbox are still good. */
const perAccount: AttemptLimit = { name: 'reset-letter-account', attemptsMax: 5, windowSeconds: 3600 };

/** A request for a letter, whether or not there is such an account. */
interface LetterRequest {
  email: string;
  token: string;
  origin: Origin;
}

export interface PasswordResetDeps {
  db: Db;
  clock: Clock;
  vault: Vault;
  audit: AuditLog;
  events: EventRecorder;
  jobs: JobQueue;
  mail: MailQueue;
  attempts: Attempts;
  guard: LoginGuard;
  users: UserStore;
  tokens: LetterTokenStore;
  challenges: ChallengeStore;
  people: People;
  config: LinkConfig;
}

/** A new password for people who forgot theirs: by a letter to the address of the account. */
export function createPasswordReset(deps: PasswordResetDeps) {
  const { db, clock, vault, audit, jobs, mail, attempts, guard, users, tokens, challenges, people } = deps;
  const context = (id: string) => `reset-letter/${id}`;

  return {
    /**
     * Only a job looks for the account, so neither the answer nor its time tells whether there is one. When too many
     * letters were requested for an account, it gets no more for an hour, and the answer stays the same.
     * @throws Failure MAIL_NOT_CONFIGURED or RATE_LIMITED.
     */
    async ask(typed: string, origin: Origin) {
      if (!mail.isConfigured) throw new Failure('MAIL_NOT_CONFIGURED');
      const email = normalEmail(typed);
      await attempts.count(perAddress, origin.ipAddress);
      await attempts.count(perPlace, `${email} ${countedAddress(origin.ipAddress)}`);
      const answer = {
        success: true,
        message: 'If there is an account with this address, a letter is on its way or came within the hour.',
      };
      const [wait] = await attempts.countWhereRoom([{ limit: perAccount, subject: email }]);
      if (wait !== 0) return answer;
      const id = newId();
      const request: LetterRequest = { email, token: newLinkToken(), origin };
      const sealed = vault.sealText(JSON.stringify(request), context(id)).toString('base64');
      await inTransaction(db, (tx) => jobs.enqueue(tx, writeResetLetter, { id, sealed }));
      return answer;
    },

    /** The job: sends one letter, however often it runs, and none where there is no account. */
    async write({ id, sealed }: { id: string; sealed: string }): Promise<void> {
      const text = vault.openText(Buffer.from(sealed, 'base64'), context(id));
      const { email, token, origin } = JSON.parse(text) as LetterRequest;
      const user = await users.userByEmail(email);
      if (!user?.is_active) return;
      await inTransaction(db, async (tx) => {
        const row = { tokenHash: digest(token), userId: user.id, purpose: 'password-reset', email } as const;
        if (!(await tokens.insert(tx, row, goodForMs))) return;
        const resource = { type: 'user', id: user.id };
        await audit.record(tx, actAs(user, origin), { action: 'auth.password_reset_request', resource });
        await mail.enqueue(tx, {
          to: email,
          subject: 'Set a new password for MultiWA',
          text: [
            'Somebody, hopefully you, asked for a new password. Open this link to choose one:',
            linkTo('reset-password', token, deps.config),
            'It is good for one hour and works once. If it was not you, ignore this letter: nothing has changed.',
          ].join('\n\n'),
        });
      });
    },

    /**
     * Sets a new password and ends every session, challenge and other reset link. The second factor
     * stays. The letter arrived, so the address is verified too.
     * @throws Failure LINK_NOT_VALID, VALIDATION_ERROR (the link stays good) or RATE_LIMITED.
     */
    async reset({ token, newPassword }: { token: string; newPassword: string }, origin: Origin) {
      const tokenHash = digest(token);
      const row = await tokens.find(tokenHash, 'password-reset');
      const user = row && (await users.userById(row.user_id));
      if (!user?.is_active || user.email !== row?.email) throw new Failure('LINK_NOT_VALID');
      const passwordHash = await people.hashNew(newPassword, user.email, '/newPassword');
      await inTransaction(db, async (tx) => {
        const now = clock.now();
        const isSame = await users.changePassword(tx, user, passwordHash, now);
        const isOwn = isSame && (await users.verifyEmail(tx, user.id, user.email, now));
        if (!isOwn || !(await tokens.use(tx, tokenHash))) throw new Failure('LINK_NOT_VALID');
        await tokens.endOf(tx, user.id, 'password-reset', now);
        await challenges.endOf(tx, user.id);
        const sessionsEnded = await people.endSessions(tx, user.id);
        // The letter proves the owner, who may sign in from here however many guess elsewhere.
        await people.notePlace(tx, user.id, origin);
        await audit.record(tx, actAs(user, origin), {
          action: 'auth.password_reset',
          resource: { type: 'user', id: user.id },
          details: { sessionsEnded },
        });
        const whose = { organizationId: user.organization_id, userId: user.id };
        await deps.events.record(tx, accountSecured, securedBy(whose, 'password'));
      });
      await guard.forgive(user.email);
      await attempts.forget(perAccount, user.email);
      return { success: true };
    },
  };
}
export type PasswordReset = ReturnType<typeof createPasswordReset>;
