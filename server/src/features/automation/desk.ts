import type { Static } from 'typebox';
import type { Idempotency, IdempotencyClaim } from '../../http/idempotency.ts';
import type { Actor } from '../../platform/actor.ts';
import type { Clock } from '../../platform/clock.ts';
import { type Db, inTransaction } from '../../platform/db/transaction.ts';
import type { EventRecorder } from '../../platform/events/record.ts';
import { Failure } from '../../platform/failures.ts';
import type { Slice } from '../../platform/slice.ts';
import type { ConversationRow } from '../conversations/index.ts';
import { presentRun } from './automation.present.ts';
import type { AutomationService } from './automation.service.ts';
import type { SetHandling, TriggerBody } from './desk.schema.ts';
import { type ChatState, type ChatStore, isSilent, isWithPerson } from './run/chats.store.ts';
import { type HandOver, hoursDefault } from './run/hand-over.ts';
import { endedEvents } from './run/outcome.ts';
import type { RunStore } from './run/runs.store.ts';
import type { StartFor } from './start-for.ts';

/** What people do about runs, and about who answers. */
export function createDesk(deps: {
  db: Db;
  clock: Clock;
  events: Pick<EventRecorder, 'recordAll'>;
  idempotency: Pick<Idempotency, 'once'>;
  service: Pick<AutomationService, 'rowOf'>;
  runs: RunStore;
  chats: ChatStore;
  handOver: HandOver;
  /** A conversation of the tenancy. */
  conversation(actor: Actor, id: string): Promise<ConversationRow | undefined>;
  startFor: StartFor;
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

    /** Ends a run that is under way; one that has ended stays as it is. @throws Failure AUTOMATION_NOT_FOUND, RUN_NOT_FOUND */
    async cancel(actor: Actor, id: string, runId: string) {
      await deps.service.rowOf(actor, id);
      const row = await runs.find(runId);
      if (row?.automation_id !== id) throw new Failure('RUN_NOT_FOUND');
      const now = clock.now();
      await inTransaction(db, async (tx) => {
        const ended = await runs.cancelOf(tx, { runId }, 'Somebody ended it.', now);
        await deps.events.recordAll(tx, endedEvents(ended, now));
      });
      return presentRun((await runs.find(runId)) ?? row);
    },

    /** @throws Failure */
    async trigger(
      actor: Actor,
      id: string,
      body: Static<typeof TriggerBody>,
      claim: IdempotencyClaim | undefined,
    ) {
      const row = await deps.service.rowOf(actor, id);
      const order = await deps.startFor.prepare(row, { to: body.to, variables: body.variables ?? {} });
      return deps.idempotency.once(claim, 200, async (tx) => {
        const runId = await deps.startFor.start(tx, order);
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
