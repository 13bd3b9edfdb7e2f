import { storedChat } from '../../../platform/chat-id.ts';
import type { Clock } from '../../../platform/clock.ts';
import { afterCommit, type Tx } from '../../../platform/db/transaction.ts';
import { troubleOf } from '../../../platform/db/trouble.ts';
import type { RecordedEvent } from '../../../platform/events/define.ts';
import type { EventRecorder } from '../../../platform/events/record.ts';
import type { EventReader } from '../../../platform/feature.ts';
import type { Log } from '../../../platform/log.ts';
import type { Facts } from '../match/facts.ts';
import type { Trigger } from '../program/program.ts';
import { triggers } from '../triggers/triggers.ts';
import { type Came, cameWith } from './arrivals.ts';
import { type Around, type ChatStore, isSilent, isWithPerson } from './chats.store.ts';
import type { HandOver } from './hand-over.ts';
import { firedBy, fitsChat, verdictsOf } from './interpret.ts';
import { type HookKind, hasAny, type Known, type KnownAutomations, type Ready } from './known.ts';
import { endedEvents } from './outcome.ts';
import type { NewRun, RunStore } from './runs.store.ts';
import { apart } from './savepoint.store.ts';
import { dayIn } from './zone.ts';

/** So many runs may live in a chat at once. */
const liveMax = 20;
/** What a profile starts in a minute at most. */
const perMinuteMax = 1_000;
/** Rules that are left when so much time has gone into one message are not looked at: others wait for theirs. */
const lookMsMax = 250;
/** The single step of what asks another program for an answer. */
export const hookNode = 'ask';

/**
 * Reads messages in their order and starts what they are to start, in the transaction that moves the cursor: a message starts
 * an automation once, whatever happens, and on any number of nodes limits are kept.
 */
export function createStarts(deps: {
  clock: Clock;
  log: Log;
  events: EventRecorder;
  known: KnownAutomations;
  runs: Pick<RunStore, 'start' | 'startHook' | 'answer' | 'cancelOf' | 'forgetChat'>;
  chats: Pick<ChatStore, 'around'>;
  handOver: Pick<HandOver, 'personWrote'>;
  /** There are runs that are due. */
  poke(): void;
}): EventReader {
  const { clock, known, runs } = deps;
  /** The last batch failed for its data: each event stands for itself. */
  let isCareful = false;
  const started = new Map<string, { minute: number; count: number }>();

  /** Whether the profile may start one more in this minute. */
  function mayStart(profileId: string): boolean {
    const minute = Math.floor(clock.now().getTime() / 60_000);
    const kept = started.get(profileId);
    const count = kept?.minute === minute ? kept.count + 1 : 1;
    if (started.size > 10_000) started.clear();
    started.set(profileId, { minute, count });
    return count <= perMinuteMax;
  }

  async function knownOf({ name, profileId }: RecordedEvent): Promise<Known | undefined> {
    if (profileId === null) return undefined;
    // It says that something changed before whatever comes behind it.
    if (forgetting.has(name)) known.forget(profileId);
    return heard.has(name) ? known.of(profileId) : undefined;
  }

  async function message(tx: Tx, event: RecordedEvent, of: Known): Promise<void> {
    const profileId = String(event.profileId);
    const came = cameWith(event);
    if (!came) return;
    const { arrival, chats } = came;
    const begunMs = performance.now();
    const candidates = of.automations.filter(
      (ready) =>
        ready.createdAt <= event.occurredAt &&
        performance.now() - begunMs < lookMsMax &&
        mayMatch(ready, came, of, clock.now()),
    );
    if (candidates.length === 0 && of.hooks.length === 0 && !mayWait(of)) return;
    const around = await deps.chats.around(tx, {
      ...{ profileId, chats, conversationId: arrival.conversationId, phone: came.phone, lid: came.lid },
      ...{ isGroup: arrival.isGroup, message: { id: arrival.messageId, at: came.at } },
    });
    const trigger = { ...arrival, isNew: around.isNew };
    if (around.live > 0) {
      const waits = { profileId, chats, who: came.who };
      if (await runs.answer(tx, waits, trigger, clock.now())) return void afterCommit(tx, deps.poke);
    }
    const now = clock.now();
    if (around.live >= liveMax || isSilent(around.chat, now)) return;
    const base = {
      ...{ organizationId: event.organizationId, profileId, chat: came.chat, who: String(came.who[0]) },
      ...{ trigger, vars: {}, originEvent: event.id, now },
    };
    const facts: Facts = {
      ...{ arrival, person: around.person, isNew: around.isNew, isAssigned: around.isAssigned },
      ...{ vars: new Map(), now, timeZone: of.timeZone },
    };
    const answered = await startAll(tx, candidates, { base, facts, around, of });
    if (answered.any) afterCommit(tx, deps.poke);
    const isTaken = answered.any || isWithPerson(around.chat, now) || around.isOwn;
    if (!isTaken) await startHooks(tx, base, of.hooks, deps.poke);
  }

  async function startAll(
    tx: Tx,
    candidates: readonly Ready[],
    { base, facts, around, of }: { base: Base; facts: Facts; around: Around; of: Known },
  ): Promise<{ any: boolean }> {
    let { hasFlow } = around;
    let any = false;
    for (const ready of candidates) {
      const { program } = ready;
      const { settings } = program;
      const isFlow = program.kind === 'flow';
      const paused = settings.pauseOnHumanReply !== false && isWithPerson(around.chat, base.now);
      if (paused || (around.isOwn && settings.allowOwn !== true)) continue;
      const fired = firedBy(program, facts);
      if (!fired?.trigger.start || !verdictsOf(program, facts).every(({ held }) => held)) continue;
      if (isFlow && hasFlow && settings.onBusy !== 'replace') continue;
      if (!mayStart(base.profileId)) break;
      const run = runOf(base, ready, fired.trigger, fired.details);
      const limits = {
        ...{ automationId: ready.id, cooldownSecs: ready.cooldownSecs, day: dayIn(base.now, of.timeZone) },
      };
      const id = await runs.start(tx, run, limits);
      if (id === undefined) continue;
      any = true;
      if (isFlow && hasFlow) {
        const { profileId, chat } = base;
        const how = { except: id, onlyFlows: true };
        const ended = await runs.cancelOf(
          tx,
          { profileId, chats: [chat] },
          'Another flow began.',
          base.now,
          how,
        );
        await deps.events.recordAll(tx, endedEvents(ended, base.now));
      }
      hasFlow ||= isFlow;
      if (program.stops) break;
    }
    return { any };
  }

  async function startHooks(tx: Tx, base: Base, hooks: readonly HookKind[], poke: () => void): Promise<void> {
    const [hook] = hooks;
    if (!hook) return;
    const run: NewRun = { ...base, isExclusive: false, node: hookNode, version: 1 };
    if (await runs.startHook(tx, run, hook)) afterCommit(tx, poke);
  }

  async function one(tx: Tx, event: RecordedEvent): Promise<void> {
    const of = await knownOf(event);
    if (!of || !hasAny(of)) return;
    if (event.name === 'message.received') await message(tx, event, of);
    else if (event.name === 'conversation.deleted') {
      await runs.forgetChat(tx, String(event.profileId), String(event.body.chatId));
    } else await deps.handOver.personWrote(tx, event, of);
  }

  function leaveOut(event: RecordedEvent, error: unknown): void {
    if (troubleOf(error) === 'passing') throw error;
    deps.log.error({ err: error, eventId: event.id }, 'A message could start nothing for its own data');
  }

  return {
    name: 'automation',
    async concerns(events) {
      let concerned = false;
      for (const event of events) {
        const of = await knownOf(event);
        concerned ||= of !== undefined && hasAny(of);
      }
      return concerned;
    },
    passed: () => known.forgetAll(),
    async read(events, tx) {
      try {
        for (const event of events) {
          const work = () => one(tx, event);
          await (isCareful ? apart(tx, work).catch((error: unknown) => leaveOut(event, error)) : work());
        }
        isCareful = false;
      } catch (error) {
        // It comes again: then what can't be done holds up nothing behind it.
        isCareful = troubleOf(error) !== 'passing';
        throw error;
      }
    },
  };
}

type Base = Omit<NewRun, 'isExclusive' | 'node' | 'version'>;

const forgetting = new Set([
  ...['automation.created', 'automation.updated', 'automation.deleted', 'autoreply.updated'],
]);
const heard = new Set(['message.received', 'message.queued', 'message.sent', 'conversation.deleted']);

/** Before anything is asked of the database: whether a trigger could fire. */
function mayMatch({ program }: Ready, { arrival }: Came, { timeZone }: Known, now: Date): boolean {
  if (!fitsChat(program, arrival)) return false;
  const facts: Facts = {
    ...{ arrival, person: null, isNew: true, isAssigned: false, vars: new Map(), now, timeZone },
  };
  return program.triggers.some(({ type, config }) => triggers.get(type)?.matches(config, facts));
}

/** Whether a run may wait for what somebody says. */
const mayWait = ({ automations, hasRuns }: Known): boolean =>
  hasRuns ||
  automations.some(({ program }) => Object.values(program.nodes).some(({ kind }) => kind === 'wait_reply'));

function runOf(
  base: Base,
  { program, version }: Ready,
  trigger: Trigger,
  details: Record<string, unknown>,
): NewRun {
  const { match } = details;
  const { senderJid, isGroup } = base.trigger;
  const isPrivate = isGroup && program.settings.replyPrivately === true && senderJid !== null;
  return {
    ...base,
    ...{ isExclusive: program.kind === 'flow', node: String(trigger.start), version },
    chat: isPrivate ? storedChat(senderJid) : base.chat,
    vars: typeof match === 'string' ? { match: match.slice(0, 4_096).toWellFormed() } : {},
  };
}
