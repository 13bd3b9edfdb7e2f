import { storedChat } from '../../../platform/chat-id.ts';
import { type Clock, later } from '../../../platform/clock.ts';
import { afterCommit, type Tx } from '../../../platform/db/transaction.ts';
import type { EventRecorder } from '../../../platform/events/record.ts';
import type { Log } from '../../../platform/log.ts';
import { automationOverrun } from '../automation.events.ts';
import type { Facts } from '../match/facts.ts';
import { lifeMsOf } from '../program/life.ts';
import type { Trigger } from '../program/program.ts';
import { type Around, isWithPerson } from './chats.store.ts';
import { verdictsOf } from './interpret.ts';
import type { Known, Ready } from './known.ts';
import { endedEvents } from './outcome.ts';
import type { NewRun, RunStore } from './runs.store.ts';
import { dayIn } from './zone.ts';

/** What a profile starts in a minute at most. */
const perMinuteMax = 1_000;
const profilesMax = 10_000;

/** All of a run but what its automation says. */
export type Base = Omit<NewRun, 'isExclusive' | 'node' | 'version' | 'lifeMs'>;

/** What is looked at before an automation starts. */
export interface Asked {
  base: Base;
  facts: Facts;
  around: Around;
  of: Pick<Known, 'timeZone'>;
  /** Whether a flow is under way in the chat. */
  hasFlow: boolean;
  /** A run was started that begins at once. */
  onStart?(id: string): void;
}

/** What came of it: `full` where the profile starts nothing more in this minute. */
type Passed = 'started' | 'held' | 'full';

/** Starts an automation that fired, if its conditions, its limits and the chat allow it. */
export function createGate(deps: {
  clock: Clock;
  log: Log;
  events: EventRecorder;
  runs: Pick<RunStore, 'start' | 'leaveOut' | 'cancelOf'>;
  /** There is a run that begins later. */
  poke(): void;
}) {
  const { clock, runs } = deps;
  const started = new Map<string, { minute: number; count: number }>();

  /** The how many-th start of the profile in this minute it would be. */
  function countOf(profileId: string): number {
    const minute = Math.floor(clock.now().getTime() / 60_000);
    const kept = started.get(profileId);
    const count = kept?.minute === minute ? kept.count + 1 : 1;
    if (started.size > profilesMax) started.clear();
    started.set(profileId, { minute, count });
    return count;
  }

  /** Counted with its automation; whoever may read of it is told once in the minute. */
  async function leaveOut(tx: Tx, ready: Ready, base: Base, count: number): Promise<void> {
    await runs.leaveOut(tx, ready.id);
    if (count > perMinuteMax + 1) return;
    const { organizationId, profileId, now } = base;
    deps.log.warn(
      { profileId },
      'Automations of a profile started a thousand times in a minute: others are left out',
    );
    await deps.events.record(tx, automationOverrun, {
      ...{ organizationId, profileId },
      body: { profileId, perMinute: perMinuteMax, timestamp: now.toISOString() },
    });
  }

  return async (
    tx: Tx,
    ready: Ready,
    fired: { trigger: Trigger; details: Record<string, unknown> },
    { base, facts, around, of, hasFlow, onStart }: Asked,
  ): Promise<Passed> => {
    const { program } = ready;
    const { settings } = program;
    const isFlow = program.kind === 'flow';
    const isPaused = settings.pauseOnHumanReply !== false && isWithPerson(around.chat, base.now);
    if (isPaused || (around.isOwn && settings.allowOwn !== true)) return 'held';
    const { start } = fired.trigger;
    if (start === null || !verdictsOf(program, facts).every(({ held }) => held)) return 'held';
    if (isFlow && hasFlow && (settings.onBusy ?? 'drop') === 'drop') return 'held';
    const count = countOf(base.profileId);
    if (count > perMinuteMax) {
      await leaveOut(tx, ready, base, count);
      return 'full';
    }
    const limits = {
      ...{ automationId: ready.id, cooldownSecs: ready.cooldownSecs, day: dayIn(base.now, of.timeZone) },
    };
    const rests = base.wakeAt === undefined && settings.debounceSeconds;
    const run = {
      ...runOf(base, ready, start, fired.details),
      ...(rests && { wakeAt: later(base.now, rests * 1_000) }),
    };
    const id = await runs.start(tx, run, limits);
    if (id === undefined) return 'held';
    if (run.wakeAt) afterCommit(tx, deps.poke);
    else onStart?.(id);
    if (isFlow && hasFlow && settings.onBusy === 'replace') {
      const { profileId, chat, now } = base;
      const how = { except: id, onlyFlows: true };
      const ended = await runs.cancelOf(tx, { profileId, chats: [chat] }, 'Another flow began.', now, how);
      await deps.events.recordAll(tx, endedEvents(ended, now));
    }
    return 'started';
  };
}

export type Gate = ReturnType<typeof createGate>;

function runOf(
  base: Base,
  { program, version }: Ready,
  node: string,
  details: Record<string, unknown>,
): NewRun {
  const { match } = details;
  const { senderJid, isGroup } = base.trigger;
  const isPrivate = isGroup && program.settings.replyPrivately === true && senderJid !== null;
  return {
    ...base,
    ...{ isExclusive: program.kind === 'flow', node, version, lifeMs: lifeMsOf(program) },
    chat: isPrivate ? storedChat(senderJid) : base.chat,
    vars: typeof match === 'string' ? { match: match.slice(0, 4_096).toWellFormed() } : {},
  };
}
