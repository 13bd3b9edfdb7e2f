import type { Actor, Origin } from '../../../platform/actor.ts';
import type { AuditLog } from '../../../platform/audit/record.ts';
import { type Clock, dayMs } from '../../../platform/clock.ts';
import { type Db, inTransaction, type Tx } from '../../../platform/db/transaction.ts';
import { Failure } from '../../../platform/failures.ts';
import { type LinkConfig, linkTo, newLinkToken } from '../../../platform/links.ts';
import type { MailQueue } from '../../../platform/mail.ts';
import { digest } from '../../access/index.ts';
import type { AttemptLimit, Attempts } from '../attempts.ts';
import { actAs, type UserRow, type UserStore } from '../users.store.ts';
import type { LetterTokenStore } from './letter-tokens.store.ts';

const goodForMs = dayMs;
const perPerson: AttemptLimit = { name: 'verification-letter', attemptsMax: 5, windowSeconds: 3600 };

export interface VerificationDeps {
  db: Db;
  clock: Clock;
  audit: AuditLog;
  mail: MailQueue;
  attempts: Attempts;
  users: UserStore;
  tokens: LetterTokenStore;
  config: LinkConfig;
}

/** Letters that verify who an e-mail address belongs to. */
export interface VerificationLetters {
  /** Sends one with the transaction; none without a mail server. */
  send(tx: Tx, user: UserRow): Promise<void>;
  /** Sends the signed-in person one, unless the address is verified. @throws Failure MAIL_NOT_CONFIGURED or RATE_LIMITED. */
  request(actor: Actor): Promise<{ success: boolean }>;
  /** Takes the token of a letter. @throws Failure LINK_NOT_VALID, also once the address has changed. */
  verify(token: string, origin: Origin): Promise<{ success: boolean }>;
}

export function createVerification(deps: VerificationDeps): VerificationLetters {
  const { db, clock, audit, mail, attempts, users, tokens, config } = deps;

  async function send(tx: Tx, { id, email }: UserRow): Promise<void> {
    if (!mail.isConfigured) return;
    const token = newLinkToken();
    await tokens.insert(
      tx,
      { tokenHash: digest(token), userId: id, purpose: 'email-verification', email },
      goodForMs,
    );
    await mail.enqueue(tx, {
      to: email,
      subject: 'Confirm your e-mail address for MultiWA',
      text: [
        'Open this link to confirm that this address is yours:',
        linkTo('verify-email', token, config),
        'It is good for one day and works once. If you did not sign up for MultiWA, ignore this letter.',
      ].join('\n\n'),
    });
  }

  return {
    send,
    async request(actor) {
      if (!mail.isConfigured) throw new Failure('MAIL_NOT_CONFIGURED');
      const user = await users.userById(actor.userId);
      if (!user) throw new Failure('SESSION_REVOKED');
      if (user.email_verified_at) return { success: true };
      await attempts.count(perPerson, user.id);
      await inTransaction(db, (tx) => send(tx, user));
      return { success: true };
    },
    async verify(token, origin) {
      const tokenHash = digest(token);
      const row = await tokens.find(tokenHash, 'email-verification');
      const user = row && (await users.userById(row.user_id));
      if (!row || !user) throw new Failure('LINK_NOT_VALID');
      await inTransaction(db, async (tx) => {
        const isSame = await users.verifyEmail(tx, user.id, row.email, clock.now());
        if (!isSame || !(await tokens.use(tx, tokenHash))) throw new Failure('LINK_NOT_VALID');
        const resource = { type: 'user', id: user.id };
        await audit.record(tx, actAs(user, origin), { action: 'auth.email_verify', resource });
      });
      return { success: true };
    },
  };
}
