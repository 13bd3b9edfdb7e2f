import { given } from '../../../http/schema.ts';
import type { Actor } from '../../../platform/actor.ts';
import type { AuditLog } from '../../../platform/audit/record.ts';
import type { Clock } from '../../../platform/clock.ts';
import { type Db, inTransaction } from '../../../platform/db/transaction.ts';
import type { EventRecorder } from '../../../platform/events/record.ts';
import { Failure } from '../../../platform/failures.ts';
import { removeKeysOf } from '../../api-keys/index.ts';
import { accountSecured, securedBy } from '../auth.events.ts';
import type { LetterTokenStore } from '../letters/letter-tokens.store.ts';
import type { People } from '../people.ts';
import type { ChallengeStore } from '../sign-in/challenges.store.ts';
import type { UserStore } from '../users.store.ts';
import type { PasswordChange } from './password.schema.ts';

export interface PasswordDeps {
  db: Db;
  clock: Clock;
  audit: AuditLog;
  events: EventRecorder;
  users: UserStore;
  challenges: ChallengeStore;
  letterTokens: LetterTokenStore;
  people: People;
}

/** A person changes their own password. */
export function createPasswords(deps: PasswordDeps) {
  const { db, clock, audit, events, users, challenges, letterTokens, people } = deps;
  return {
    /**
     * Ends every other session, all challenges, and all links that would set another password.
     * @throws Failure PASSWORD_INCORRECT, VALIDATION_ERROR or RATE_LIMITED.
     */
    async change(actor: Actor, body: PasswordChange) {
      const user = await users.userById(actor.userId);
      if (!user) throw new Failure('SESSION_REVOKED');
      await people.confirm(actor, body.currentPassword);
      const passwordHash = await people.hashNew(body.newPassword, user.email, '/newPassword');
      await inTransaction(db, async (tx) => {
        const now = clock.now();
        if (!(await users.changePassword(tx, user, passwordHash, now))) {
          throw new Failure('PASSWORD_INCORRECT');
        }
        const sessionsEnded = await people.endSessions(tx, user.id, actor.sessionId);
        await challenges.endOf(tx, user.id);
        await letterTokens.endOf(tx, user.id, 'password-reset', now);
        const keyIds = given(body.revokeApiKeys) ? await removeKeysOf(tx, actor.organizationId, user.id) : [];
        if (keyIds.length > 0) people.forget(tx, user.id);
        for (const id of keyIds) {
          const entry = { resource: { type: 'api_key', id }, details: { userId: user.id } };
          await audit.record(tx, actor, { action: 'apikey.revoke', ...entry });
        }
        await audit.record(tx, actor, {
          action: 'auth.password_change',
          resource: { type: 'user', id: user.id },
          details: { sessionsEnded, apiKeysRevoked: keyIds.length },
        });
        await events.record(tx, accountSecured, securedBy(actor, 'password'));
      });
      return { success: true };
    },
  };
}
export type Passwords = ReturnType<typeof createPasswords>;
