import type { Idempotency, IdempotencyClaim } from '../../../http/idempotency.ts';
import { given } from '../../../http/schema.ts';
import type { Actor } from '../../../platform/actor.ts';
import type { AuditLog } from '../../../platform/audit/record.ts';
import { type Clock, dayMs, daySeconds, later } from '../../../platform/clock.ts';
import { type Db, inTransaction, type Tx } from '../../../platform/db/transaction.ts';
import { normalEmail } from '../../../platform/email.ts';
import { Failure } from '../../../platform/failures.ts';
import { newId } from '../../../platform/ids.ts';
import { type LinkConfig, linkTo, newLinkToken } from '../../../platform/links.ts';
import type { MailQueue } from '../../../platform/mail.ts';
import { digest } from '../../access/index.ts';
import type { Attempts } from '../../auth/index.ts';
import type { GivenRole } from '../../rbac/index.ts';
import { chooseRole } from '../choose-role.ts';
import type { InvitationAnswer, NewInvitation } from '../members/members.schema.ts';
import type { MemberStore } from '../members/members.store.ts';
import type { OrganizationStore } from '../organizations.store.ts';
import { assertMayChange } from '../rights.ts';
import type { InvitationStore } from './invitations.store.ts';
import { invitationLetter } from './letter.ts';

const validMs = 7 * dayMs;
/** Letters cost the good name of whoever runs the server. */
const perOrganization = { name: 'invite', attemptsMax: 200, windowSeconds: 3600 };
const perAddress = { name: 'invite-address', attemptsMax: 10, windowSeconds: daySeconds };

export interface InviteServiceDeps {
  db: Db;
  clock: Clock;
  audit: AuditLog;
  mail: MailQueue;
  attempts: Pick<Attempts, 'count'>;
  idempotency: Pick<Idempotency, 'begin' | 'finish'>;
  store: InvitationStore;
  members: Pick<MemberStore, 'hasEmail'>;
  organizations: Pick<OrganizationStore, 'get'>;
  config: LinkConfig;
}

export function createInviteService(deps: InviteServiceDeps) {
  const { db, clock, audit, mail, attempts, idempotency, store } = deps;

  async function deliveryOf(actor: Actor, body: NewInvitation): Promise<'mail' | 'link'> {
    const hasMail = await mail.isConfiguredFor(actor.organizationId);
    const wanted = given(body.delivery) ?? (hasMail ? 'mail' : 'link');
    if (wanted === 'mail' && !hasMail) throw new Failure('MAIL_NOT_CONFIGURED');
    return wanted;
  }

  async function limit(actor: Actor, email: string): Promise<void> {
    await attempts.count(perOrganization, actor.organizationId);
    await attempts.count(perAddress, digest(`${actor.organizationId} ${email}`).toString('hex'));
  }

  /** Whoever is invited already may be invited anew, unless to more than the caller may do. */
  async function assertFree(tx: Tx, actor: Actor, email: string): Promise<void> {
    if (await deps.members.hasEmail(tx, actor.organizationId, email)) throw new Failure('EMAIL_TAKEN');
    const earlier = await store.lockOpen(tx, actor.organizationId, { email }, clock.now());
    if (earlier) assertMayChange(actor, earlier.permissions);
  }

  async function keep(
    tx: Tx,
    actor: Actor,
    row: { email: string; name: string; delivery: 'mail' | 'link' },
    role: GivenRole,
  ) {
    const now = clock.now();
    const expiresAt = later(now, validMs);
    const token = newLinkToken();
    const id = await store.put(tx, {
      ...row,
      id: newId(),
      organization_id: actor.organizationId,
      role_id: role.id,
      token_hash: digest(token),
      invited_by: actor.userId,
      created_at: now,
      expires_at: expiresAt,
    });
    return { id, token, createdAt: now, expiresAt };
  }

  async function send(
    tx: Tx,
    actor: Actor,
    letter: { to: string; role: GivenRole; url: string; expiresAt: Date },
  ) {
    const { to, role, url, expiresAt } = letter;
    const organization = await deps.organizations.get(actor.organizationId, tx);
    const organizationName = organization?.name ?? '';
    const text = invitationLetter({ to, organizationName, roleName: role.name, url, expiresAt });
    await mail.enqueue(tx, text, actor.organizationId);
  }

  return {
    /**
     * Whether the address belongs to somebody of another organisation can't be learnt here.
     * @throws Failure EMAIL_TAKEN for a member, MAIL_NOT_CONFIGURED, RATE_LIMITED, PERMISSION_DENIED and as `chooseRole`
     */
    async invite(actor: Actor, body: NewInvitation, claim?: IdempotencyClaim): Promise<InvitationAnswer> {
      const email = normalEmail(body.email);
      const name = body.name.trim();
      const delivery = await deliveryOf(actor, body);
      // An answer that shows a link is kept nowhere; asked again, the invitation is made anew.
      const remembered = delivery === 'mail' ? claim : undefined;
      await limit(actor, email);
      return inTransaction(db, async (tx) => {
        await idempotency.begin(tx, remembered);
        const roleId = given(body.roleId);
        const role = await chooseRole(tx, actor, {
          role: given(body.role) ?? (roleId === undefined ? 'member' : undefined),
          roleId,
        });
        await assertFree(tx, actor, email);
        const { id, token, createdAt, expiresAt } = await keep(tx, actor, { email, name, delivery }, role);
        await audit.record(tx, actor, {
          action: 'user.invite',
          resource: { type: 'invitation', id },
          after: { role: role.systemKey, roleId: role.id, delivery },
        });
        const url = linkTo('accept-invitation', token, deps.config);
        if (delivery === 'mail') await send(tx, actor, { to: email, role, url, expiresAt });
        const answer: InvitationAnswer = {
          id,
          name,
          email,
          role: role.systemKey ?? 'member',
          roleId: role.id,
          roleName: role.name,
          isActive: false,
          status: 'invited',
          createdAt: createdAt.toISOString(),
          expiresAt: expiresAt.toISOString(),
          delivery,
          ...(delivery === 'link' && { inviteUrl: url, token }),
        };
        await idempotency.finish(tx, remembered, 201, answer);
        return answer;
      });
    },
  };
}
export type InviteService = ReturnType<typeof createInviteService>;
