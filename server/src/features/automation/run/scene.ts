import { lidOf, phoneOf, storedChat } from '../../../platform/chat-id.ts';
import type { Clock } from '../../../platform/clock.ts';
import type { Db, Tx } from '../../../platform/db/transaction.ts';
import type { Act, Scene } from '../actions/action.ts';
import type { RunRow } from '../automation.tables.ts';
import type { Facts } from '../match/facts.ts';
import type { Program } from '../program/program.ts';
import { type Around, type ChatStore, isWithPerson } from './chats.store.ts';
import { sourcesOf } from './interpret.ts';
import type { HookKind, KnownAutomations } from './known.ts';
import type { RunStore } from './runs.store.ts';
import { hookNode } from './starts.ts';
import type { RunState, RunTrigger } from './state.ts';

/** Asks for what a reply hook of a profile is to be told, or why it can't be. */
export type HookAct = (
  from: Tx,
  of: { profileId: string; hook: HookKind; runId: string },
  facts: Facts,
) => Promise<Act>;

const programsMax = 2_000;

const hookProgram: Program = {
  ...{ kind: 'flow', triggers: [], conditions: [], stops: false, settings: {} },
  nodes: { [hookNode]: { id: hookNode, kind: 'reply_hook', config: {}, next: {} } },
};

/** What a step needs to see of its run. */
export function createStage(deps: {
  clock: Clock;
  runs: Pick<RunStore, 'program'>;
  chats: Pick<ChatStore, 'around'>;
  known: Pick<KnownAutomations, 'of'>;
  hookAct: HookAct;
}) {
  /** A version never changes. */
  const programs = new Map<string, Program>();

  /** `seen` is what was found in the chat already. */
  async function sceneOf(from: Db | Tx, run: RunRow, seen?: Around): Promise<Scene> {
    const trigger = run.trigger as unknown as RunTrigger;
    const state = run.state as unknown as RunState;
    const arrival = state.answer ?? trigger;
    const sender = arrival.senderJid === null ? undefined : storedChat(arrival.senderJid);
    const around =
      seen ??
      (await deps.chats.around(from, {
        ...{ profileId: run.profile_id, chats: [run.chat], conversationId: trigger.conversationId || null },
        ...{ phone: (sender && phoneOf(sender)) ?? null, lid: (sender && lidOf(sender)) ?? null },
        ...{ isGroup: arrival.isGroup, message: null },
      }));
    const { timeZone, automations } = await deps.known.of(run.profile_id, from);
    const facts: Facts = {
      ...{ arrival, person: around.person, isNew: trigger.isNew, isAssigned: around.isAssigned },
      ...{ isWithPerson: isWithPerson(around.chat, deps.clock.now()), past: around.past },
      ...{ vars: new Map(Object.entries(state.vars)), now: deps.clock.now(), timeZone },
    };
    const name = automations.find(({ id }) => id === run.automation_id)?.name ?? '';
    return {
      ...{ facts, sources: sourcesOf(facts), automation: { id: run.automation_id, name } },
      ...{ runId: run.id, profileId: run.profile_id, hasTyped: run.waiting_for === 'typing' },
    };
  }

  return {
    sceneOf,

    async programOf(from: Db | Tx, { automation_id, version }: RunRow): Promise<Program | undefined> {
      if (automation_id === null) return hookProgram;
      const key = `${automation_id} ${version}`;
      const kept = programs.get(key);
      if (kept) return kept;
      const program = await deps.runs.program(automation_id, version, from);
      if (programs.size >= programsMax) programs.clear();
      if (program) programs.set(key, program);
      return program;
    },

    hookAct: (tx: Tx, run: RunRow, { facts }: Scene): Promise<Act> =>
      deps.hookAct(tx, { profileId: run.profile_id, hook: run.hook as HookKind, runId: run.id }, facts),
  };
}

export type Stage = ReturnType<typeof createStage>;
