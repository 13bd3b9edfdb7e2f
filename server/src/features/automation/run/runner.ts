import { type Clock, later } from '../../../platform/clock.ts';
import { createWakeAt } from '../../../platform/concurrency/wake-at.ts';
import { type Db, inTransaction, type Tx } from '../../../platform/db/transaction.ts';
import { troubleOf } from '../../../platform/db/trouble.ts';
import type { EventRecorder } from '../../../platform/events/record.ts';
import type { Log } from '../../../platform/log.ts';
import type { Outbound } from '../../../platform/outbound/outbound.ts';
import type { Call, Scene } from '../actions/action.ts';
import type { RunRow, RunStatus } from '../automation.tables.ts';
import { doneExit, nextNode, type Program } from '../program/program.ts';
import { type Answer, effectsOf, makeCall } from './call.ts';
import { failed, type Step, step } from './interpret.ts';
import { endedEvents } from './outcome.ts';
import { NeedsFile, type Perform, type Prepared, Silenced } from './perform.ts';
import type { Progress, RunStore } from './runs.store.ts';
import type { Stage } from './scene.ts';
import { type RunState, withVars } from './state.ts';
import { dayIn } from './zone.ts';

const atOnce = 4;
const batch = 50;
/** A call that was cut off is made again after this; it is over long before. */
const callMs = 60_000;
const callsMax = 3;
/** Where other nodes have all that is due. */
const othersMs = 50;

/** What is left to do after a step has been kept. */
type After =
  | { is: 'call'; run: RunRow; call: Call }
  | { is: 'file'; run: RunRow; error: NeedsFile }
  | undefined;

/**
 * Does the steps of runs that are due. Each step, what it does and where the run goes on share a transaction: whatever
 * happens, a message is sent once. A call to another program is made between two of them, and again after a crash, with the
 * same key.
 */
export function createRunner(deps: {
  db: Db;
  clock: Clock;
  log: Log;
  events: EventRecorder;
  outbound: Pick<Outbound, 'request'>;
  runs: RunStore;
  perform: Perform;
  stage: Stage;
}) {
  const { db, clock, log, runs, perform, stage } = deps;
  const background = new Set<Promise<void>>();
  const wake = createWakeAt({
    clock,
    look,
    failed: (error) =>
      log.warn({ err: error }, 'Runs of automations could not go on; it will be tried again'),
  });

  async function look(): Promise<Date | undefined> {
    for (;;) {
      const ids = await runs.due(clock.now(), batch);
      if (ids.length === 0) return runs.nextAt(clock.now());
      let moved = 0;
      const rest = [...ids];
      const worker = async () => {
        for (let id = rest.shift(); id !== undefined; id = rest.shift()) moved += (await goOn(id)) ? 1 : 0;
      };
      await Promise.all(Array.from({ length: atOnce }, worker));
      if (moved === 0) return later(clock.now(), othersMs);
    }
  }

  /** Does what a run can do now; answers whether that was anything. */
  async function goOn(id: string): Promise<boolean> {
    for (let count = 0; ; count++) {
      const done = await once(id);
      if (!done) return count > 0;
      const { after } = done;
      if (after?.is === 'call') track(call(after.run, after.call));
      if (after?.is === 'file') track(fetchFile(after.run, after.error));
      if (after || done.isOver) return true;
    }
  }

  /** One step in one transaction. A step that is refused for its own data ends the run: it would be so for ever. */
  async function once(id: string): Promise<{ isOver: boolean; after: After } | undefined> {
    try {
      return await inTransaction(db, (tx) => oneStep(tx, id));
    } catch (error) {
      if (error instanceof NeedsFile) return waitForFile(id, error);
      if (troubleOf(error) === 'passing') throw error;
      log.error({ err: error, runId: id }, 'A run of an automation failed');
      await inTransaction(db, async (tx) => {
        const run = await runs.lockDue(tx, id, clock.now());
        if (run) await end(tx, run, 'failed', 'A fault of this server.');
      });
      return { isOver: true, after: undefined };
    }
  }

  async function oneStep(tx: Tx, id: string): Promise<{ isOver: boolean; after: After } | undefined> {
    const now = clock.now();
    const run = await runs.lockDue(tx, id, now);
    if (!run) return undefined;
    const program = await stage.programOf(run);
    if (!program || run.node === null) {
      await end(tx, run, 'failed', 'What it was to do is not there any more.');
      return { isOver: true, after: undefined };
    }
    if (run.waiting_for === 'time' || run.waiting_for === 'reply') {
      await afterWait(tx, run, program);
      return { isOver: false, after: undefined };
    }
    const state = run.state as unknown as RunState;
    if ((state.calls ?? 0) >= callsMax) {
      const node = program.nodes[run.node];
      if (node)
        await keep(tx, run, failed(program, node, { ...state, calls: 0 }, 'It was never answered.'), {});
      return { isOver: false, after: undefined };
    }
    const scene = await stage.sceneOf(tx, run);
    const hook = run.hook ? await stage.hookAct(tx, run, scene) : undefined;
    const done = hook
      ? hookStep(run, program, hook, state)
      : step(program, run.node, state, run.steps, scene);
    return act(tx, run, program, scene, done, undefined);
  }

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
      await runs.progress(tx, run, {
        ...{ node: done.node.id, status: 'waiting', waitingFor: act.for, wakeAt: later(now, act.ms) },
        state: act.for === 'reply' ? { ...rest, ...(variable && { variable }) } : done.state,
        ...{ error: run.error, endedAt: null, now },
      });
      wakeLater(later(now, act.ms));
      return { isOver: act.ms > 0, after: undefined };
    }
    if (act.is === 'call') {
      const state = { ...done.state, calls: (done.state.calls ?? 0) + 1 };
      await runs.progress(tx, run, {
        ...{ node: done.node.id, status: 'waiting', waitingFor: 'answer', wakeAt: later(now, callMs), state },
        ...{ error: run.error, endedAt: null, now },
      });
      return { isOver: true, after: { is: 'call', run, call: act.call } };
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
    { facts }: Scene,
    done: Step,
    effects: Parameters<Perform['all']>[3],
    prepared: Prepared | undefined,
  ): Promise<boolean> {
    const now = clock.now();
    const how = { prepared, now, day: dayIn(now, facts.timeZone) };
    try {
      const came = await perform.all(tx, run, facts.arrival, effects, how);
      if ('error' in came) {
        const broken = failed(program, done.node, done.state, came.error);
        return await keep(tx, run, broken, { error: came.error });
      }
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
      ...{ node: done.next ?? null, state: { ...done.state, calls: 0 }, status, error, now },
      ...{ wakeAt: isOver ? null : now, waitingFor: null, endedAt: isOver ? now : null },
      step: { node: done.node.id, kind: done.node.kind, exit: done.exit, result },
    };
    await runs.progress(tx, run, to);
    if (isOver) await deps.events.recordAll(tx, endedEvents([{ ...run, status, error }], now));
    return isOver;
  }

  async function end(tx: Tx, run: RunRow, status: RunStatus, error: string): Promise<void> {
    const now = clock.now();
    await runs.progress(tx, run, {
      ...{ node: run.node, state: run.state as unknown as RunState, status, wakeAt: null, waitingFor: null },
      ...{ error, endedAt: now, now },
    });
    await deps.events.recordAll(tx, endedEvents([{ ...run, status, error }], now));
  }

  /** A wait is over: the time has come, somebody answered, or nobody did. */
  async function afterWait(tx: Tx, run: RunRow, program: Program): Promise<void> {
    const node = program.nodes[run.node ?? ''];
    const before = run.state as unknown as RunState;
    if (!node) return end(tx, run, 'failed', 'This step is not there any more.');
    const { answer, variable, ...rest } = before;
    const exit = run.waiting_for === 'time' ? doneExit : answer ? 'reply' : 'timeout';
    // What somebody says is new: it may begin everything again.
    const answered: RunState =
      exit === 'reply' && answer
        ? withVars({ ...rest, answer, visits: {} }, variable ? { [variable]: answer.text } : {})
        : before;
    const next =
      nextNode(program, node, exit) ?? (exit === 'reply' ? nextNode(program, node, doneExit) : undefined);
    const done: Step = { node, act: { is: 'done' }, exit, next, state: answered, error: null };
    await keep(tx, run, done, {});
  }

  /** Another program is asked; what it answers is the step. */
  async function call(run: RunRow, call: Call): Promise<void> {
    const answer = await makeCall(deps.outbound, call, `${run.id}-${run.steps}`);
    await inTransaction(db, async (tx) => {
      const current = await runs.lockCalled(tx, run);
      const program = current && (await stage.programOf(current));
      if (current && program) await answeredBy(tx, current, program, call, answer);
    });
    wake.at(clock.now());
  }

  async function answeredBy(
    tx: Tx,
    run: RunRow,
    program: Program,
    call: Call,
    answer: Answer,
  ): Promise<void> {
    const node = program.nodes[run.node ?? ''];
    const state = run.state as unknown as RunState;
    if (!node) return end(tx, run, 'failed', 'This step is not there any more.');
    if ('error' in answer || !answer.ok) {
      const error = 'error' in answer ? answer.error : `It was answered with ${answer.status}.`;
      const result = 'error' in answer ? { error } : { status: answer.status, ok: false };
      await keep(tx, run, failed(program, node, state, error), result);
      return;
    }
    const data = { status: answer.status, ok: true };
    const effects = call.answers && answer.body ? effectsOf(answer.body, call.answers) : [];
    const act = { is: 'done' as const, effects, data };
    const done: Step = {
      node,
      act,
      exit: doneExit,
      next: nextNode(program, node, doneExit),
      state,
      error: null,
    };
    await performed(tx, run, program, await stage.sceneOf(tx, run), done, effects, undefined);
  }

  /** Marks that a file is fetched, so that nobody else does. */
  async function waitForFile(
    id: string,
    error: NeedsFile,
  ): Promise<{ isOver: boolean; after: After } | undefined> {
    return inTransaction(db, async (tx) => {
      const now = clock.now();
      const run = await runs.lockDue(tx, id, now);
      if (!run) return undefined;
      const state = run.state as unknown as RunState;
      await runs.progress(tx, run, {
        ...{ node: run.node, status: 'waiting', waitingFor: 'answer', wakeAt: later(now, callMs) },
        state: { ...state, calls: (state.calls ?? 0) + 1 },
        ...{ error: run.error, endedAt: null, now },
      });
      return { isOver: true, after: { is: 'file' as const, run, error } };
    });
  }

  async function fetchFile(run: RunRow, { effect }: NeedsFile): Promise<void> {
    const scene = await stage.sceneOf(db, run);
    const prepared = await perform.prepare(run, scene.facts.arrival, effect);
    await inTransaction(db, async (tx) => {
      const current = await runs.lockCalled(tx, run);
      const program = current && (await stage.programOf(current));
      if (!current || !program || current.node === null) return;
      const state = current.state as unknown as RunState;
      const done = step(
        program,
        current.node,
        { ...state, visits: {} },
        current.steps,
        await stage.sceneOf(tx, current),
      );
      await act(tx, current, program, scene, done, prepared);
    });
    wake.at(clock.now());
  }

  function track(work: Promise<void>): void {
    const tracked: Promise<void> = work
      .catch((error: unknown) => log.warn({ err: error }, 'A call of an automation will be made again'))
      .finally(() => background.delete(tracked));
    background.add(tracked);
  }

  const wakeLater = (at: Date) => wake.at(at);

  return {
    start: wake.start,
    /** Something is due. */
    poke(): void {
      wake.at(clock.now());
      wake.start();
    },
    async stop() {
      await wake.stop();
      await Promise.all(background);
    },
  };
}

/** What asks another program for an answer has one step, which is not looked at by the interpreter. */
function hookStep(run: RunRow, program: Program, act: Step['act'], state: RunState): Step {
  const node = program.nodes[run.node ?? ''] ?? {
    id: String(run.node),
    kind: 'reply_hook',
    config: {},
    next: {},
  };
  if (act.is === 'failed') return { ...failed(program, node, state, act.error), act };
  return { node, act, exit: null, next: act.is === 'call' ? node.id : undefined, state, error: null };
}
