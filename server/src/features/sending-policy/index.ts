import type { AuditLog } from '../../platform/audit/record.ts';
import { type Clock, dayMs, later } from '../../platform/clock.ts';
import type { Db } from '../../platform/db/transaction.ts';
import type { Feature } from '../../platform/feature.ts';
import type { Identities } from '../consent/index.ts';
import { purgeMarks } from './caps.store.ts';
import { createDecide } from './decide.ts';
import { sendingPolicyKeeps } from './sending-policy.keeps.ts';
import { sendingPolicyRoutes } from './sending-policy.routes.ts';
import { createSendingPolicyService } from './sending-policy.service.ts';

export { CampaignPolicy } from './sending-policy.schema.ts';

const marksDays = 9;
const coldDays = 3;
const textsDays = 31;

/** Whether, and if not now when, campaigns may write to somebody. */
export function createSendingPolicy(deps: { db: Db; clock: Clock; audit: AuditLog; identities: Identities }) {
  const { db, clock } = deps;
  const service = createSendingPolicyService(deps);
  const feature: Feature = {
    name: 'sending-policy',
    routes: (app) => sendingPolicyRoutes(app, service),
    keeps: sendingPolicyKeeps,
  };
  const dayBefore = (days: number) =>
    later(clock.now(), -days * dayMs)
      .toISOString()
      .slice(0, 10);
  return {
    feature,
    /** One verdict for each recipient, in their order. */
    judge: createDecide(deps),
    purge: () =>
      purgeMarks(db, {
        ...{ marks: dayBefore(marksDays), cold: dayBefore(coldDays) },
        texts: later(clock.now(), -textsDays * dayMs),
      }),
  };
}
