import type { Actor } from '../../platform/actor.ts';
import { type AuditLog, differences } from '../../platform/audit/record.ts';
import type { Clock } from '../../platform/clock.ts';
import { type Db, inTransaction } from '../../platform/db/transaction.ts';
import { Failure } from '../../platform/failures.ts';
import { profileOf } from '../../platform/known-profiles.store.ts';
import { rulesOfProfile } from './merge-rules.ts';
import { findRules, putRules } from './policies.store.ts';
import type { SendingRules } from './rules.ts';
import type { SetSendingPolicyBody } from './sending-policy.schema.ts';

/** What a profile holds itself to when it writes to many. */
export function createSendingPolicyService(deps: { db: Db; clock: Clock; audit: AuditLog }) {
  const { db, clock } = deps;
  return {
    /** @throws Failure PROFILE_NOT_FOUND */
    async get(actor: Actor, id: string): Promise<SendingRules> {
      const profileId = await profileOf(db, actor, id);
      return shown(rulesOfProfile((await findRules(db, profileId))?.rules));
    },

    /** What is absent stays. @throws Failure PROFILE_NOT_FOUND, VALIDATION_ERROR */
    async set(actor: Actor, id: string, body: SetSendingPolicyBody): Promise<SendingRules> {
      const profileId = await profileOf(db, actor, id);
      const given = { ...body, ...(body.warmUp && { warmUp: warmUpOf(body.warmUp, clock.now()) }) };
      return inTransaction(db, async (tx) => {
        const before = rulesOfProfile((await findRules(tx, profileId))?.rules);
        const rules = { ...before, ...given } as SendingRules;
        const kept = await putRules(tx, {
          ...{ profile_id: profileId, organization_id: actor.organizationId },
          ...{ rules: JSON.stringify(rules), updated_at: clock.now() },
        });
        if (!kept) throw new Failure('PROFILE_NOT_FOUND');
        await deps.audit.record(tx, actor, {
          ...{ action: 'profile.update', resource: { type: 'profile', id: profileId } },
          ...differences({ ...before }, { ...rules }),
        });
        return shown(rules);
      });
    },
  };
}

export type SendingPolicyService = ReturnType<typeof createSendingPolicyService>;

/** Whether groups are written to, a campaign says. */
function shown({ groups: _, ...rules }: SendingRules): SendingRules {
  return rules as SendingRules;
}

function warmUpOf({ startedOn, growth, ...warmUp }: NonNullable<SetSendingPolicyBody['warmUp']>, now: Date) {
  const today = now.toISOString().slice(0, 10);
  const day = startedOn ?? today;
  const date = new Date(day);
  if (Number.isNaN(date.getTime()) || date.toISOString().slice(0, 10) !== day) {
    throw new Failure('VALIDATION_ERROR', { details: [{ path: '/warmUp/startedOn', problem: 'is no day' }] });
  }
  return { ...warmUp, growth: growth ?? 'linear', startedOn: day };
}
