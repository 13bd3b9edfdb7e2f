import { type Clock, later } from '../../../platform/clock.ts';
import { afterCommit, type Tx } from '../../../platform/db/transaction.ts';
import type { EventRecorder } from '../../../platform/events/record.ts';
import type { Scene } from '../actions/action.ts';
import type { RunRow, RunStatus } from '../automation.tables.ts';
import { doneExit, nextNode, type Program } from '../program/program.ts';
import type { CauseStore } from './causes.store.ts';
import { endedInsert } from './ended.sql.ts';
import { happeningNames } from './happenings.ts';
import { failed, type Step } from './interpret.ts';
import type { Outside } from './outside.ts';
import { type NeedsFile, type Perform, type Prepared, Silenced } from './perform.ts';
import type { Progress, RunStore } from './runs.store.ts';
import { type RunState, withVars } from './state.ts';
import { dayIn } from './zone.ts';

/** A call that was cut off is made again after this; it is over long before. */
export const callMs = 60_000;

/** What is left to do after a step has been kept. */
export type After =
  | { is: 'call'; run: RunRow; what: Outside }
  | { is: 'file'; run: RunRow; error: NeedsFile }
  | { is: 'typing'; run: RunRow; as: 'composing' | 'recording'; ms: number }
  | undefined;

/** Keeps what steps come to, in the transaction of each: what is done, where the run goes on, and how it ends. */
export function createSteps(deps: {
  clock: Clock;
  events: EventRecorder;
  runs: Pick<RunStore, 'progress'>;
  causes: Pick<CauseStore, 'note'>;
  perform: Perform;
  /** Something is due at this moment. */
  wakeAt(moment: Date): void;
}) {
  const { clock, runs, perform } = deps;

  async function act(
    tx: Tx,
    run: RunRow,
    program: Program,
    scene: Scene,
    done: Step,
    prepared: Prepared | undefined,
  ): Promise<{ isOver: boolean; after: After }> {
    const now = clock.now();
    const { act } = done;
    if (act.is === 'wait') {
      const { answer: _, variable: __, ...rest } = done.state;
      const variable = act.for === 'reply' ? act.variable : undefined;
      const wakeAt = soonerOf(later(now, act.ms), run.expires_at);
      await runs.progress(tx, run, {
        ...{ node: done.node.id, status: 'waiting', waitingFor: act.for, wakeAt },
        state: act.for === 'reply' ? { ...rest, ...(variable && { variable }) } : done.state,
        ...{ error: run.error, endedAt: null, now },
      });
      deps.wakeAt(wakeAt);
      return { isOver: act.ms > 0, after: undefined };
    }
    if (act.is === 'typing') {
      // The step is done when that is over; until then it has not been begun.
      const state = run.state as unknown as RunState;
      const wakeAt = later(now, act.ms);
      await runs.progress(tx, run, {
        ...{ node: done.node.id, status: 'waiting', waitingFor: 'typing', wakeAt, state },
        ...{ error: run.error, endedAt: null, now },
      });
      deps.wakeAt(wakeAt);
      return { isOver: true, after: { is: 'typing', run, as: act.as, ms: act.ms } };
    }
    if (act.is === 'call') {
      const state = { ...done.state, calls: (done.state.calls ?? 0) + 1 };
      await runs.progress(tx, run, {
        ...{ node: done.node.id, status: 'waiting', waitingFor: 'answer', wakeAt: later(now, callMs), state },
        ...{ error: run.error, endedAt: null, now },
      });
      return { isOver: true, after: { is: 'call', run, what: act.call } };
    }
    if (act.is !== 'done') {
      const data = act.is === 'failed' ? { error: act.error, ...(act.code && { code: act.code }) } : {};
      return { isOver: await keep(tx, run, done, data), after: undefined };
    }
    return {
      isOver: await performed(tx, run, program, scene, done, act.effects ?? [], prepared),
      after: undefined,
    };
  }

  async function performed(
    tx: Tx,
    run: RunRow,
    program: Program,
    { facts, sources, automation: { name } }: Scene,
    done: Step,
    effects: Parameters<Perform['all']>[3],
    prepared: Prepared | undefined,
  ): Promise<boolean> {
    const now = clock.now();
    const how = { prepared, now, day: dayIn(now, facts.timeZone), sources, name };
    const caused: { id: string; name: string }[] = [];
    deps.events.noteIn(tx, caused);
    try {
      const came = await perform.all(tx, run, facts.arrival, effects, how);
      if ('error' in came) {
        const broken = failed(program, done.node, done.state, came.error);
        return await keep(tx, run, broken, { error: came.error });
      }
      const depth = (run.state as unknown as RunState).depth ?? 0;
      // Of what starts nothing nobody asks what caused it.
      const starting = caused.splice(0).filter(({ name }) => happeningNames.has(name));
      await deps.causes.note(
        tx,
        starting.map((one) => one.id),
        depth + 1,
        now,
      );
      const data = done.act.is === 'done' ? done.act.data : {};
      return await keep(tx, run, done, { ...data, ...came.result });
    } catch (error) {
      if (!(error instanceof Silenced)) throw error;
      await end(tx, run, 'stopped', error.message);
      return true;
    }
  }

  /** Keeps a step; answers whether the run has ended with it. */
  async function keep(tx: Tx, run: RunRow, done: Step, result: object): Promise<boolean> {
    const now = clock.now();
    const isOver = done.next === undefined;
    const error = done.error ?? run.error;
    const isStopped = done.act.is === 'end' && done.error !== null;
    const status: RunStatus = !isOver ? 'running' : isStopped ? 'stopped' : error ? 'failed' : 'completed';
    const to: Progress = {
      ...{ node: done.next ?? null, state: { ...done.state, calls: 0, tries: 0 }, status, error, now },
      ...{ wakeAt: isOver ? null : now, waitingFor: null, endedAt: isOver ? now : null },
      step: { node: done.node.id, kind: done.node.kind, exit: done.exit, result },
    };
    if (!isOver) await runs.progress(tx, run, to);
    else await ended(tx, run, to);
    return isOver;
  }

  async function end(tx: Tx, run: RunRow, status: RunStatus, error: string): Promise<void> {
    const now = clock.now();
    await ended(tx, run, {
      ...{ node: run.node, state: run.state as unknown as RunState, status, wakeAt: null, waitingFor: null },
      ...{ error, endedAt: now, now },
    });
  }

  /** Told in the statement that ends it; a flow that has waited for its end begins. */
  async function ended(tx: Tx, run: RunRow, to: Progress): Promise<void> {
    const told = endedInsert(deps.events, { ...run, status: to.status, error: to.error }, to.now);
    await runs.progress(tx, run, to, told);
    afterCommit(tx, () => {
      deps.events.committed();
      if (run.is_exclusive) deps.wakeAt(clock.now());
    });
  }

  /** A wait is over: the time has come, somebody answered, or nobody did. */
  async function afterWait(tx: Tx, run: RunRow, program: Program): Promise<void> {
    const node = program.nodes[run.node ?? ''];
    const before = run.state as unknown as RunState;
    if (!node) return end(tx, run, 'failed', 'This step is not there any more.');
    const { answer, variable, hasHappened, ...rest } = before;
    const isEvent = run.waiting_for === 'event';
    const came = isEvent ? hasHappened && 'event' : answer && 'reply';
    const exit = run.waiting_for === 'time' ? doneExit : came || 'timeout';
    // What somebody says is new: it may begin everything again.
    const answered: RunState =
      exit === 'reply' && answer
        ? withVars({ ...rest, answer, visits: {} }, variable ? { [variable]: answer.text } : {})
        : { ...before, hasHappened: false };
    const next =
      nextNode(program, node, exit) ?? (exit === came ? nextNode(program, node, doneExit) : undefined);
    const done: Step = { node, act: { is: 'done' }, exit, next, state: answered, error: null };
    await keep(tx, run, done, {});
  }

  return { act, performed, keep, end, afterWait };
}

const soonerOf = (a: Date, b: Date | null): Date => (b && b < a ? b : a);
