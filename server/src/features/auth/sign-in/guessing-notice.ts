import type { AuditLog } from '../../../platform/audit/record.ts';
import { daySeconds } from '../../../platform/clock.ts';
import type { Vault } from '../../../platform/crypto.ts';
import { type Db, inTransaction } from '../../../platform/db/transaction.ts';
import { newId } from '../../../platform/ids.ts';
import type { JobQueue } from '../../../platform/jobs/jobs.ts';
import type { Log } from '../../../platform/log.ts';
import type { MailQueue } from '../../../platform/mail.ts';
import type { AttemptLimit, Attempts } from '../attempts.ts';
import type { UserStore } from '../users.store.ts';
import { tellOfGuessing } from './sign-in.jobs.ts';

/** Once a day for each account, however long somebody guesses. */
const perAccount: AttemptLimit = { name: 'guessing-told', attemptsMax: 1, windowSeconds: daySeconds };

export interface GuessingNoticeDeps {
  db: Db;
  vault: Vault;
  audit: AuditLog;
  jobs: JobQueue;
  mail: MailQueue;
  log: Log;
  attempts: Attempts;
  users: UserStore;
}

export interface GuessingNotice {
  /**
   * Notes that somebody guesses the password of this address or, after the right password, its codes. Only a job
   * looks for the account, so the time it takes doesn't tell whether there is one. Never throws.
   */
  tell(email: string, what?: 'password' | 'code'): Promise<void>;
  /** The job: writes the audit row and the letter once. */
  write(payload: { id: string; sealed: string }): Promise<void>;
}

/** Tells people by letter that somebody tries to get into their account. */
export function createGuessingNotice(deps: GuessingNoticeDeps): GuessingNotice {
  const { db, vault, audit, jobs, mail, log, attempts, users } = deps;
  const context = (id: string) => `guessing/${id}`;

  return {
    async tell(email, what = 'password') {
      const counter = { limit: perAccount, subject: `${email} ${what}` };
      try {
        const [wait] = await attempts.countWhereRoom([counter]);
        if (wait !== 0) return;
        const id = newId();
        const sealed = vault.sealText(JSON.stringify({ email, what }), context(id)).toString('base64');
        await inTransaction(db, (tx) => jobs.enqueue(tx, tellOfGuessing, { id, sealed })).catch(
          async (error: unknown) => {
            await attempts.takeBackAll([counter]);
            throw error;
          },
        );
      } catch (error) {
        log.warn({ err: error }, 'Somebody could not be told that their password is being guessed');
      }
    },

    async write({ id, sealed }) {
      const text = vault.openText(Buffer.from(sealed, 'base64'), context(id));
      const { email, what } = JSON.parse(text) as { email: string; what: keyof typeof letters };
      const user = await users.userByEmail(email);
      if (!user?.is_active) return;
      await inTransaction(db, async (tx) => {
        const by = { organizationId: user.organization_id, userId: null };
        const details = { step: what === 'password' ? 'password' : 'second-factor' };
        const resource = { type: 'user', id: user.id };
        await audit.record(tx, by, { action: 'auth.guessing', resource, outcome: 'failed', details });
        if (mail.isConfigured) await mail.enqueue(tx, { to: email, ...letters[what] });
      });
    },
  };
}

const advice =
  'Where you have signed in before, you sign in as always. If it was you, ignore this letter; there will be no other today.';
const letters = {
  password: {
    subject: 'Somebody is guessing your MultiWA password',
    text: [
      'Many wrong passwords were typed for your MultiWA account in a short time. Your password still works; ' +
        'from a new place, signing in takes a moment longer.',
      'A second factor keeps people out even if they guess it. Is your password used elsewhere, too? Then change it.',
      advice,
    ].join('\n\n'),
  },
  code: {
    subject: 'Somebody knows your MultiWA password',
    text: [
      'Somebody typed the right password of your MultiWA account, and then many wrong codes of its second factor. ' +
        'They did not get in. Change your password now.',
      advice,
    ].join('\n\n'),
  },
};
