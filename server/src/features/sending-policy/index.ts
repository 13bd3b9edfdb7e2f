import type { AuditLog } from '../../platform/audit/record.ts';
import type { ChatId } from '../../platform/chat-id.ts';
import { type Clock, dayMs, later } from '../../platform/clock.ts';
import type { Db, Tx } from '../../platform/db/transaction.ts';
import type { Feature } from '../../platform/feature.ts';
import type { Identities } from '../consent/index.ts';
import { purgeMarks } from './caps.store.ts';
import { createDecide } from './decide.ts';
import { outlookOf } from './outlook.ts';
import { sendingPolicyKeeps } from './sending-policy.keeps.ts';
import { sendingPolicyRoutes } from './sending-policy.routes.ts';
import { createSendingPolicyService } from './sending-policy.service.ts';

export type { Outlook } from './outlook.ts';
export { CampaignPolicy } from './sending-policy.schema.ts';

const single = { policy: { groups: true, trouble: false } };

interface GateMessage {
  organizationId: string;
  profileId: string;
  chat: ChatId;
  content: unknown;
}

const marksDays = 9;
const coldDays = 3;
const textsDays = 31;

/** Whether, and if not now when, campaigns may write to somebody. */
export function createSendingPolicy(deps: { db: Db; clock: Clock; audit: AuditLog; identities: Identities }) {
  const { db, clock } = deps;
  const service = createSendingPolicyService(deps);
  const feature: Feature = {
    name: 'sending-policy',
    purge: () =>
      purgeMarks(db, {
        ...{ marks: dayBefore(marksDays), cold: dayBefore(coldDays) },
        texts: later(clock.now(), -textsDays * dayMs),
      }),
    routes: (app) => sendingPolicyRoutes(app, service),
    keeps: sendingPolicyKeeps,
  };
  const dayBefore = (days: number) =>
    later(clock.now(), -days * dayMs)
      .toISOString()
      .slice(0, 10);
  const judge = createDecide(deps);
  return {
    feature,
    /** One verdict for each recipient, in their order. */
    judge,
    /** What the policy leaves of the days of a campaign. */
    outlook: outlookOf,
    /** The same for one message that is no campaign's; it is marketing to nobody, and pauses nothing. */
    async gate(
      tx: Tx,
      { organizationId, profileId, chat, content }: GateMessage,
    ): Promise<{ is: 'send' } | { is: 'defer'; until: Date; code: string } | { is: 'skip'; code: string }> {
      const asking = { organization_id: organizationId, profile_id: profileId, settings: single, content };
      const [verdict] = await judge(tx, asking, [{ chat }], clock.now());
      return verdict && verdict.is !== 'pause' ? verdict : { is: 'send' };
    },
  };
}
