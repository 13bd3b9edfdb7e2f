import { given } from '../../../http/schema.ts';
import type { Origin } from '../../../platform/actor.ts';
import type { AuditLog } from '../../../platform/audit/record.ts';
import type { Clock } from '../../../platform/clock.ts';
import { whenTaken } from '../../../platform/db/taken.ts';
import { type Db, inTransaction, type Tx } from '../../../platform/db/transaction.ts';
import { Failure } from '../../../platform/failures.ts';
import { newId } from '../../../platform/ids.ts';
import { digest, missing, permissionsOfRow, rightsOf } from '../../access/index.ts';
import { type Attempts, insertUser, type People } from '../../auth/index.ts';
import { baseRoleOf, giveRole } from '../../rbac/index.ts';
import type { MemberStore } from '../members/members.store.ts';
import type { Acceptance } from './invitations.schema.ts';
import type { InvitationStore, Opened } from './invitations.store.ts';

/** A token can't be guessed; this bounds the work strangers can cause. A whole office may share an address. */
const perAddress = { name: 'invitation', attemptsMax: 100, windowSeconds: 600 };

export function createAcceptService(deps: {
  db: Db;
  clock: Clock;
  audit: AuditLog;
  attempts: Pick<Attempts, 'count'>;
  people: Pick<People, 'hashNew' | 'signIn'>;
  store: InvitationStore;
  members: Pick<MemberStore, 'isTaken'>;
}) {
  const { db, clock, audit, attempts, people, store, members } = deps;

  /** It gives no more than whoever sent it may do now. */
  async function opened(from: Db | Tx, token: string): Promise<Opened> {
    const found = await store.opened(from, digest(token), clock.now());
    const held = found?.inviter.is_active ? rightsOf(found.inviter).permissions : undefined;
    if (!found || !held || missing(permissionsOfRow(found), held).length > 0) {
      throw new Failure('LINK_NOT_VALID');
    }
    return found;
  }

  async function join(tx: Tx, body: Acceptance, passwordHash: string, origin: Origin) {
    const invitation = await opened(tx, body.token);
    const { organization_id: organizationId, system_key: systemKey } = invitation;
    const now = clock.now();
    if (await members.isTaken(tx, invitation.email)) throw new Failure('EMAIL_TAKEN');
    const user = await insertUser(tx, {
      id: newId(),
      organization_id: organizationId,
      email: invitation.email,
      password_hash: passwordHash,
      name: given(body.name)?.trim() || invitation.name,
      role: baseRoleOf({ systemKey }),
      last_login_at: now,
      // Whoever has the link of a letter reads the letters of that address.
      email_verified_at: invitation.delivery === 'mail' ? now : null,
      created_at: now,
      updated_at: now,
    });
    await giveRole(tx, organizationId, user.id, { id: invitation.role_id, systemKey }, now);
    await store.remove(tx, organizationId, invitation.id);
    await audit.record(
      tx,
      { organizationId, userId: user.id, origin },
      {
        action: 'user.invite_accept',
        resource: { type: 'user', id: user.id },
        details: { invitationId: invitation.id, invitedBy: invitation.invited_by },
      },
    );
    return people.signIn(tx, user, origin);
  }

  return {
    /** What the invitation offers; changes nothing. @throws Failure LINK_NOT_VALID, RATE_LIMITED */
    async look({ token }: { token: string }, origin: Origin) {
      await attempts.count(perAddress, origin.ipAddress);
      const invitation = await opened(db, token);
      return {
        email: invitation.email,
        name: invitation.name,
        organizationName: invitation.organization_name,
        role: invitation.system_key ?? 'member',
        roleName: invitation.role_name,
        expiresAt: invitation.expires_at.toISOString(),
      };
    },

    /** Makes the person and signs them in. @throws Failure LINK_NOT_VALID, VALIDATION_ERROR (password), EMAIL_TAKEN, RATE_LIMITED */
    async accept(body: Acceptance, origin: Origin) {
      await attempts.count(perAddress, origin.ipAddress);
      const { email } = await opened(db, body.token);
      const passwordHash = await people.hashNew(body.password, email);
      // Two organisations may have invited one address: the database lets one of them in.
      return whenTaken('users_email_key', 'EMAIL_TAKEN', () =>
        inTransaction(db, (tx) => join(tx, body, passwordHash, origin)),
      );
    },
  };
}
export type AcceptService = ReturnType<typeof createAcceptService>;
