import type { Actor } from '../../platform/actor.ts';
import type { AuditLog } from '../../platform/audit/record.ts';
import type { Clock } from '../../platform/clock.ts';
import type { Vault } from '../../platform/crypto.ts';
import type { Db, Tx } from '../../platform/db/transaction.ts';
import type { EventRecorder } from '../../platform/events/record.ts';
import type { Feature } from '../../platform/feature.ts';
import type { Outbound } from '../../platform/outbound/outbound.ts';
import type { AutomationService, HookAct, HookKind } from '../automation/index.ts';
import type { ConversationRow } from '../conversations/index.ts';
import type { Media } from '../media/index.ts';
import { createAsk } from './ask.ts';
import { autoreplyUpdated } from './autoreply.events.ts';
import { autoreplyKeeps } from './autoreply.keeps.ts';
import { quickReplyRoutes, replyHookRoutes, replyRuleRoutes } from './autoreply.routes.ts';
import { createAutoreplyStore } from './autoreply.store.ts';
import { createQuickReplies, keyOf } from './quick-replies.ts';
import { createReplyHooks } from './reply-hooks.ts';
import { createReplyRules } from './rules.service.ts';

/** Automatic replies, texts kept ready, and what is asked for an answer where no rule has one. */
export function createAutoreply(deps: {
  db: Db;
  clock: Clock;
  vault: Vault;
  audit: AuditLog;
  events: EventRecorder;
  outbound: Outbound;
  rules: AutomationService;
  media: Pick<Media, 'refer' | 'release'>;
  /** A conversation of the tenancy. */
  conversation(actor: Actor, id: string): Promise<ConversationRow | undefined>;
}) {
  const store = createAutoreplyStore(deps.db);
  const quickReplies = createQuickReplies({ ...deps, store });
  const hooks = createReplyHooks({ ...deps, store });
  const rules = createReplyRules(deps);
  const feature: Feature = {
    name: 'autoreply',
    routes(app) {
      quickReplyRoutes(app, quickReplies);
      replyHookRoutes(app, hooks);
      replyRuleRoutes(app, rules);
    },
    events: [autoreplyUpdated],
    keeps: autoreplyKeeps,
  };
  const ask: HookAct = createAsk({ ...deps, store });
  return {
    feature,
    /** What a reply hook is asked. */
    ask,
    /** A quick reply of a profile, or of all. */
    quickReply: (tx: Tx, profileId: string, shortcut: string) =>
      store.quickReply(tx, profileId, keyOf(shortcut)),
    /** The reply hooks of a profile that are on, in the order they are asked. */
    hooksOf: async (profileId: string, from?: Db | Tx) =>
      (await store.enabledHooks(profileId, from)) as HookKind[],
  };
}
