import { type Clock, dayMs } from '../../../platform/clock.ts';
import { afterCommit, type Tx } from '../../../platform/db/transaction.ts';
import { troubleOf } from '../../../platform/db/trouble.ts';
import type { RecordedEvent } from '../../../platform/events/define.ts';
import type { EventRecorder } from '../../../platform/events/record.ts';
import type { EventReader } from '../../../platform/feature.ts';
import type { Log } from '../../../platform/log.ts';
import { isHappening } from '../match/happening.ts';
import type { Program, Trigger } from '../program/program.ts';
import { all } from '../triggers/all.ts';
import type { Came } from './arrivals.ts';
import { createCandidates, hasRests, hearsOf, mayWait, waitsForEvents } from './candidates.ts';
import type { CauseStore } from './causes.store.ts';
import { type Around, type ChatStore, isSilent, isWithPerson } from './chats.store.ts';
import type { FreshRun } from './fresh-runs.ts';
import type { Asked, Base, Gate } from './gate.ts';
import { type HandOver, isClosing, isPersonWriting } from './hand-over.ts';
import { happeningNames } from './happenings.ts';
import { firedBy } from './interpret.ts';
import { type HookKind, hasAny, type Known, type KnownAutomations, type Ready } from './known.ts';
import { liveMax } from './look.ts';
import type { NoReply } from './no-reply.ts';
import { endedEvents } from './outcome.ts';
import { createRounds } from './rounds.ts';
import type { NewRun, RunStore } from './runs.store.ts';
import { apart } from './savepoint.store.ts';
import { depthMax } from './start-other.ts';
import type { RunTrigger } from './state.ts';

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
  runs: Pick<
    RunStore,
    'start' | 'startHook' | 'answer' | 'collect' | 'cancelOf' | 'forgetChat' | 'eventWaits' | 'happened'
  >;
  chats: Pick<ChatStore, 'around'>;
  handOver: Pick<HandOver, 'personWrote' | 'closed'>;
  noReply: NoReply;
  causes: Pick<CauseStore, 'depthOf'>;
  gate: Gate;
  /** Whether a message says that its sender wants to be written to no more. */
  asksToStop(tx: Tx, event: RecordedEvent): Promise<boolean>;
  /** There are runs that are due. */
  poke(): void;
  /** These begin now. */
  begin(runs: readonly FreshRun[]): void;
}): EventReader {
  const { clock, known, runs } = deps;
  const candidatesFor = createCandidates(deps);
  const rounds = createRounds();
  /** The last batch failed for its data: each event stands for itself. */
  let isCareful = false;

  /** `from`: the transaction of the caller, if it is in one. */
  async function knownOf({ name, profileId }: RecordedEvent, from?: Tx): Promise<Known | undefined> {
    if (profileId === null) return undefined;
    // It says that something changed before whatever comes behind it.
    if (forgetting.has(name)) known.forget(profileId);
    return heard.has(name) ? known.of(profileId, from) : undefined;
  }

  /** Whether reading it may come to anything: most events cost no statement. */
  function concerned(event: RecordedEvent, of: Known): boolean {
    if (!hasAny(of)) return false;
    if (happeningNames.has(event.name)) return hearsOf(of) || waitsForEvents(of);
    if (event.name === 'conversation.deleted') return true;
    if (event.name === 'conversation.updated') return isClosing(event);
    if (event.name !== 'message.received') {
      return deps.noReply.isWatching(of) || isPersonWriting(event, of);
    }
    const candidates = candidatesFor(event, of);
    return candidates !== undefined && (mayComeTo(candidates.ready, of) || deps.noReply.isWatching(of));
  }

  const mayComeTo = (ready: readonly Ready[], of: Known) =>
    ready.length > 0 || of.hooks.length > 0 || mayWait(of) || hasRests(of);

  async function message(tx: Tx, event: RecordedEvent, of: Known): Promise<void> {
    const profileId = String(event.profileId);
    const candidates = candidatesFor(event, of);
    if (!candidates) return;
    const { came, ready } = candidates;
    const { chats, arrival } = came;
    await deps.noReply.personWrote(tx, event, of, came);
    if (!mayComeTo(ready, of)) return;
    if (await deps.asksToStop(tx, event)) return leaveAlone(tx, event, chats);
    const around = await deps.chats.around(tx, {
      ...{ profileId, chats, conversationId: arrival.conversationId, phone: came.phone, lid: came.lid },
      ...{ isGroup: arrival.isGroup, message: { id: arrival.messageId, at: came.at } },
      withPast: ready.some(({ readsPast }) => readsPast),
    });
    const afterOursMs = rounds.sinceOurs(event, came);
    const trigger: RunTrigger = {
      ...{ ...arrival, isNew: around.isNew, heardAt: event.occurredAt.toISOString() },
      ...(afterOursMs !== undefined && { afterOursMs }),
    };
    if (around.live > 0) {
      const waits = { profileId, chats, who: came.who };
      const answered = await runs.answer(tx, waits, trigger, clock.now());
      if (answered) return afterCommit(tx, () => deps.begin([{ id: answered, chat: came.chat }]));
    }
    const asked = askedOf(event, came, { trigger, around, of });
    if (around.live >= liveMax || isSilent(around.chat, asked.base.now)) return;
    const collected = around.live > 0 ? await collect(tx, came, of, asked.base) : [];
    if (collected.length > 0) afterCommit(tx, deps.poke);
    const rest = ready.filter(({ id }) => !collected.includes(id));
    const isAny = (await startAll(tx, rest, asked)) || collected.length > 0;
    const isTaken = isAny || asked.facts.isWithPerson || around.isOwn;
    if (!isTaken) await startHooks(tx, asked.base, of.hooks);
  }

  /** What is said while an automation waits for more belongs to what it was started by. */
  async function collect(tx: Tx, came: Came, { automations }: Known, base: Base): Promise<string[]> {
    const rests = automations.flatMap(({ id, program }) => {
      const { debounceSeconds = 0 } = program.settings;
      return debounceSeconds > 0 ? [{ automationId: id, restMs: debounceSeconds * 1_000 }] : [];
    });
    if (rests.length === 0) return [];
    const of = { profileId: base.profileId, chats: came.chats, who: came.who };
    const { text } = came.arrival;
    return runs.collect(tx, of, rests, { text: text.slice(0, 4_096).toWellFormed(), now: base.now });
  }

  function askedOf(
    event: RecordedEvent,
    came: Came,
    { trigger, around, of }: { trigger: RunTrigger; around: Around; of: Known },
  ): Asked {
    const now = clock.now();
    return {
      ...{ around, of, hasFlow: around.hasFlow },
      base: {
        ...{ organizationId: event.organizationId, profileId: String(event.profileId), chat: came.chat },
        ...{ who: String(came.who[0]), trigger, vars: {}, originEvent: event.id, now },
      },
      facts: {
        ...{ arrival: trigger, person: around.person, isNew: around.isNew, isAssigned: around.isAssigned },
        ...{ isWithPerson: isWithPerson(around.chat, now), past: around.past, vars: new Map(), now },
        timeZone: of.timeZone,
      },
    };
  }

  /** Something happened that is no message; what automations cause may start others, but not without end. */
  async function happened(tx: Tx, event: RecordedEvent, of: Known): Promise<void> {
    const candidates = candidatesFor(event, of);
    if (!candidates) return;
    const { came, ready } = candidates;
    if (waitsForEvents(of)) await endWaits(tx, event, came);
    if (ready.length === 0) return;
    const depth = await deps.causes.depthOf(tx, event.id);
    if (depth > depthMax) return;
    const around = await deps.chats.around(tx, {
      ...{ profileId: String(event.profileId), chats: came.chats, phone: came.phone, lid: came.lid },
      ...{
        conversationId: came.arrival.conversationId || null,
        isGroup: came.arrival.isGroup,
        message: null,
      },
    });
    if (around.live >= liveMax || isSilent(around.chat, clock.now())) return;
    const asked = askedOf(event, came, { trigger: { ...came.arrival, isNew: false }, around, of });
    const base = { ...asked.base, depth };
    await startAll(tx, ready, { ...asked, base });
  }

  /** What waits for this in its chat goes on. */
  async function endWaits(tx: Tx, event: RecordedEvent, { chats, arrival }: Came): Promise<void> {
    const waiting = await runs.eventWaits(tx, { profileId: String(event.profileId), chats });
    const ids = waiting.flatMap(({ id, config }) => (isHappening(config, arrival.happened) ? [id] : []));
    if (ids.length === 0) return;
    await runs.happened(tx, ids, clock.now());
    afterCommit(tx, deps.poke);
  }

  /** Who wants to be written to no more is told so by others; what was under way for them ends. */
  async function leaveAlone(tx: Tx, { profileId }: RecordedEvent, chats: readonly string[]): Promise<void> {
    const now = clock.now();
    const of = { profileId: String(profileId), chats };
    const ended = await runs.cancelOf(tx, of, 'The person wants to be written to no more.', now);
    await deps.events.recordAll(tx, endedEvents(ended, now));
  }

  /** Starts what fires, in its order; once that is durable it begins. Flows for every message come behind all others. */
  async function startAll(tx: Tx, candidates: readonly Ready[], asked: Asked): Promise<boolean> {
    const begun: FreshRun[] = [];
    const firing = candidates.flatMap((ready) => {
      const fired = firedBy(ready.program, asked.facts);
      return fired ? [{ ready, fired, isLast: isForTheRest(ready.program, fired.trigger) }] : [];
    });
    let { hasFlow } = asked;
    let isAny = false;
    for (const { ready, fired, isLast } of [
      ...firing.filter((one) => !one.isLast),
      ...firing.filter((one) => one.isLast),
    ]) {
      if (isLast && isAny) break;
      const { program } = ready;
      const onStart = (id: string) => void begun.push(freshRun(id, asked, begun));
      const came = await deps.gate(tx, ready, fired, { ...asked, hasFlow, onStart });
      if (came === 'full') break;
      if (came !== 'started') continue;
      isAny = true;
      hasFlow ||= program.kind === 'flow';
      if (program.stops) break;
    }
    if (begun.length > 0) afterCommit(tx, () => deps.begin(begun));
    return isAny;
  }

  /** The first run of a chat sees what its start saw; those behind it what it has changed. */
  function freshRun(id: string, { base, around }: Asked, begun: readonly FreshRun[]): FreshRun {
    const isAlone = begun.length === 0 && around.live === 0;
    return { id, chat: base.chat, ...(isAlone && { around }) };
  }

  async function startHooks(tx: Tx, base: Base, hooks: readonly HookKind[]): Promise<void> {
    const [hook] = hooks;
    if (!hook) return;
    const run: NewRun = { ...base, isExclusive: false, node: hookNode, version: 1, lifeMs: dayMs };
    const id = await runs.startHook(tx, run, hook);
    if (id) afterCommit(tx, () => deps.begin([{ id, chat: base.chat }]));
  }

  async function one(tx: Tx, event: RecordedEvent): Promise<void> {
    const of = await knownOf(event, tx);
    if (!of || !hasAny(of)) return;
    if (event.name === 'message.received') await message(tx, event, of);
    else if (happeningNames.has(event.name)) await happened(tx, event, of);
    else if (event.name === 'conversation.deleted') {
      await runs.forgetChat(tx, String(event.profileId), String(event.body.chatId));
    } else if (event.name === 'conversation.updated') {
      if (isClosing(event)) await deps.handOver.closed(tx, event);
    } else {
      await deps.noReply.weWrote(tx, event, of);
      await deps.handOver.personWrote(tx, event, of);
    }
  }

  function leaveOut(event: RecordedEvent, error: unknown): void {
    if (troubleOf(error) === 'passing') throw error;
    deps.log.error({ err: error, eventId: event.id }, 'A message could start nothing for its own data');
  }

  return {
    name: 'automation',
    // An answer is waited for: what concerns it is seldom enough to need no company.
    restMs: 1,
    async concerns(events) {
      let isAny = false;
      for (const event of events) {
        const of = await knownOf(event);
        rounds.hear(event);
        isAny ||= of !== undefined && concerned(event, of);
      }
      return isAny;
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

const forgetting = new Set([
  ...['automation.created', 'automation.updated', 'automation.deleted', 'autoreply.updated'],
]);
const heard = new Set([
  ...['message.received', 'message.queued', 'message.sent'],
  ...['conversation.deleted', 'conversation.updated'],
  ...happeningNames,
]);

/** A flow for every message is for what nothing else answers, unless it is to run `always`. */
const isForTheRest = ({ kind }: Program, { type, config }: Trigger): boolean =>
  kind === 'flow' && allTypes.has(type) && config.always !== true;

const allTypes = new Set(all.types);
