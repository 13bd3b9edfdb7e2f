import { randomUUID } from 'node:crypto';
import type { Static } from 'typebox';
import type { Idempotency, IdempotencyClaim } from '../../http/idempotency.ts';
import type { Actor } from '../../platform/actor.ts';
import { parseChatId } from '../../platform/chat-id.ts';
import type { Clock } from '../../platform/clock.ts';
import { afterCommit, type Db, inTransaction } from '../../platform/db/transaction.ts';
import { Failure } from '../../platform/failures.ts';
import type { Slice } from '../../platform/slice.ts';
import type { ConversationRow } from '../conversations/index.ts';
import { presentRun } from './automation.present.ts';
import type { SetHandling, TriggerBody } from './automation.schema.ts';
import type { AutomationService } from './automation.service.ts';
import type { AutomationStore } from './automation.store.ts';
import { type ChatState, type ChatStore, isSilent, isWithPerson } from './run/chats.store.ts';
import { type HandOver, hoursDefault } from './run/hand-over.ts';
import type { RunStore } from './run/runs.store.ts';
import { dayIn } from './run/zone.ts';

/** What people do about runs, and about who answers. */
export function createDesk(deps: {
  db: Db;
  clock: Clock;
  idempotency: Pick<Idempotency, 'once'>;
  service: Pick<AutomationService, 'rowOf'>;
  store: Pick<AutomationStore, 'zoneOf'>;
  runs: RunStore;
  chats: ChatStore;
  handOver: HandOver;
  /** A conversation of the tenancy. */
  conversation(actor: Actor, id: string): Promise<ConversationRow | undefined>;
  countryOf(profileId: string): Promise<string>;
  poke(): void;
}) {
  const { db, clock, runs, chats } = deps;

  async function conversationOf(actor: Actor, id: string): Promise<ConversationRow> {
    const row = await deps.conversation(actor, id);
    if (!row) throw new Failure('CONVERSATION_NOT_FOUND');
    return row;
  }

  function present(conversationId: string, state: ChatState | undefined) {
    const now = clock.now();
    const isPerson = isWithPerson(state, now);
    return {
      conversationId,
      handling: isPerson ? ('person' as const) : ('bot' as const),
      handledBy: isPerson ? (state?.handled_by ?? null) : null,
      until: isPerson ? (state?.handling_until?.toISOString() ?? null) : null,
      silentUntil: isSilent(state, now) ? (state?.silent_until?.toISOString() ?? null) : null,
    };
  }

  const chatsOf = ({ chat, lid }: ConversationRow) => [chat, ...(lid ? [`${lid}@lid`] : [])];

  async function handling(actor: Actor, id: string) {
    const row = await conversationOf(actor, id);
    return present(id, await chats.stateOf(row.profile_id, chatsOf(row)));
  }

  return {
    /** Newest first. @throws Failure AUTOMATION_NOT_FOUND */
    async runs(actor: Actor, id: string, slice: Slice) {
      await deps.service.rowOf(actor, id);
      return (await runs.list(id, slice)).map(presentRun);
    },

    /** @throws Failure AUTOMATION_NOT_FOUND, RUN_NOT_FOUND */
    async run(actor: Actor, id: string, runId: string) {
      await deps.service.rowOf(actor, id);
      const row = await runs.find(runId);
      if (row?.automation_id !== id) throw new Failure('RUN_NOT_FOUND');
      const steps = await runs.stepsOf(runId);
      const trace = steps.map(({ n, node, kind, exit, result, at }) => ({
        ...{ n, node, kind, exit, result, at: at.toISOString() },
      }));
      return { ...presentRun(row), trace };
    },

    /** @throws Failure */
    async trigger(
      actor: Actor,
      id: string,
      body: Static<typeof TriggerBody>,
      claim: IdempotencyClaim | undefined,
    ) {
      const row = await deps.service.rowOf(actor, id);
      if (!row.is_active) throw new Failure('AUTOMATION_OFF');
      const chat = parseChatId(body.to, await deps.countryOf(row.profile_id));
      const program = await runs.program(row.id, row.version);
      const node = program?.triggers.find(({ start }) => start !== null)?.start;
      if (!program || !node) throw new Failure('AUTOMATION_OFF');
      const now = clock.now();
      const isGroup = chat.endsWith('@g.us');
      const arrival = {
        ...{ messageId: '', waMessageId: '', conversationId: '', senderName: null, text: '', type: 'text' },
        ...{ senderJid: isGroup ? null : chat, hasMedia: false, isGroup, timestamp: now.toISOString() },
      };
      const vars = Object.entries(body.variables ?? {}).map(([name, value]) => [name, String(value)]);
      const day = dayIn(now, await deps.store.zoneOf(row.organization_id));
      return deps.idempotency.once(claim, 200, async (tx) => {
        const around = await chats.around(tx, {
          ...{ profileId: row.profile_id, chats: [chat], conversationId: null, phone: null, lid: null },
          ...{ isGroup, message: null },
        });
        const isHeld =
          isSilent(around.chat, now) ||
          (program.settings.pauseOnHumanReply !== false && isWithPerson(around.chat, now)) ||
          (program.kind === 'flow' && around.hasFlow);
        const run = {
          ...{ organizationId: row.organization_id, profileId: row.profile_id, chat, who: chat, node, now },
          ...{ isExclusive: program.kind === 'flow', version: row.version, vars: Object.fromEntries(vars) },
          ...{ trigger: { ...arrival, isNew: false }, originEvent: randomUUID() },
        };
        const limits = { automationId: id, cooldownSecs: row.cooldown_secs, day };
        const runId = isHeld ? undefined : await runs.start(tx, run, limits);
        if (runId) afterCommit(tx, deps.poke);
        return { started: runId !== undefined, runId: runId ?? null };
      });
    },

    handling,

    /** @throws Failure CONVERSATION_NOT_FOUND */
    async hand(actor: Actor, id: string, body: Static<typeof SetHandling>) {
      const row = await conversationOf(actor, id);
      const whose = { organizationId: row.organization_id, profileId: row.profile_id };
      const by = actor.kind === 'user' ? actor.userId : null;
      const to = {
        handling: body.handling,
        hours: body.hours ?? hoursDefault,
        by,
        reason: 'Somebody decided so.',
      };
      await inTransaction(db, async (tx) => {
        for (const chat of chatsOf(row)) await deps.handOver.hand(tx, { ...whose, chat }, to);
      });
      return handling(actor, id);
    },
  };
}

export type Desk = ReturnType<typeof createDesk>;
