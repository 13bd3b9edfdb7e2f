import { type Clock, later } from '../../../platform/clock.ts';
import { createWakeAt } from '../../../platform/concurrency/wake-at.ts';
import type { Json } from '../../../platform/db/json-column.ts';
import { type Db, inTransaction, type Tx } from '../../../platform/db/transaction.ts';
import { troubleOf } from '../../../platform/db/trouble.ts';
import type { EventRecorder } from '../../../platform/events/record.ts';
import type { Log } from '../../../platform/log.ts';
import type { RunRow } from '../automation.tables.ts';
import { nextNode, type Program } from '../program/program.ts';
import type { Told } from './ask-model.ts';
import { withBodyFields } from './body-fields.ts';
import type { CauseStore } from './causes.store.ts';
import type { Around } from './chats.store.ts';
import { createFreshRuns, type FreshRun } from './fresh-runs.ts';
import { failed, type Step, step } from './interpret.ts';
import { type AskOutside, askedFor, type Outside } from './outside.ts';
import { NeedsFile, type Perform } from './perform.ts';
import type { RunStore } from './runs.store.ts';
import type { Stage } from './scene.ts';
import { type RunState, withVars } from './state.ts';
import { type After, callMs, createSteps } from './steps.ts';

const atOnce = 4;
const batch = 50;
const callsMax = 3;
/** Before the first of the retries that a step has; four times as long before each of the others. */
const retryMs = 5_000;
/** What is over when its time has come, or before. */
const waits = new Set(['time', 'reply', 'event']);
/** Where other nodes have all that is due. */
const othersMs = 50;

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
  outside: AskOutside;
  runs: RunStore;
  causes: Pick<CauseStore, 'note'>;
  /** Shows in a chat that somebody types. */
  showTyping(run: RunRow, as: 'composing' | 'recording', ms: number): Promise<void>;
  perform: Perform;
  stage: Stage;
}) {
  const { db, clock, log, runs, perform, stage } = deps;
  const wakeAt = (moment: Date) => wake.at(moment);
  const { act, performed, keep, end, afterWait } = createSteps({ ...deps, wakeAt });
  const background = new Set<Promise<void>>();
  const wake = createWakeAt({
    clock,
    look,
    failed: (error) =>
      log.warn({ err: error }, 'Runs of automations could not go on; it will be tried again'),
  });

  const fresh = createFreshRuns({
    goOn,
    look: () => wake.at(clock.now()),
    failed: (error) =>
      log.warn({ err: error }, 'A run of an automation could not begin; it will be tried again'),
  });

  async function look(): Promise<Date | undefined> {
    for (;;) {
      // What becomes due between the two questions must not be missed by both.
      const now = clock.now();
      const ids = await runs.due(now, batch);
      if (ids.length === 0) return runs.nextAt(now);
      let moved = 0;
      const rest = [...ids];
      const worker = async () => {
        for (let id = rest.shift(); id !== undefined; id = rest.shift())
          moved += (await goOn({ id })) ? 1 : 0;
      };
      await Promise.all(Array.from({ length: atOnce }, worker));
      if (moved === 0) return later(clock.now(), othersMs);
    }
  }

  /** Does what a run can do now; answers whether that was anything. */
  async function goOn({ id, around }: Pick<FreshRun, 'id' | 'around'>): Promise<boolean> {
    for (let count = 0; ; count++) {
      const done = await once(id, count === 0 ? around : undefined);
      if (!done) return count > 0;
      const { after } = done;
      if (after?.is === 'call') track(call(after.run, after.what));
      if (after?.is === 'file') track(fetchFile(after.run, after.error));
      if (after?.is === 'typing') track(deps.showTyping(after.run, after.as, after.ms));
      if (after || done.isOver) return true;
    }
  }

  /** One step in one transaction. A step that is refused for its own data ends the run: it would be so for ever. */
  async function once(id: string, around?: Around): Promise<{ isOver: boolean; after: After } | undefined> {
    try {
      return await inTransaction(db, (tx) => oneStep(tx, id, around));
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

  async function oneStep(
    tx: Tx,
    id: string,
    around: Around | undefined,
  ): Promise<{ isOver: boolean; after: After } | undefined> {
    const now = clock.now();
    const run = await runs.lockDue(tx, id, now);
    if (!run) return undefined;
    if (run.expires_at && run.expires_at <= now) {
      const at = run.waiting_for ? `, waiting for ${run.waiting_for} at ${run.node}` : '';
      await end(tx, run, 'expired', `It was not over by ${run.expires_at.toISOString()}${at}.`);
      return { isOver: true, after: undefined };
    }
    const program = await stage.programOf(tx, run);
    if (!program || run.node === null) {
      await end(tx, run, 'failed', 'What it was to do is not there any more.');
      return { isOver: true, after: undefined };
    }
    if (waits.has(run.waiting_for ?? '')) {
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
    const scene = await stage.sceneOf(tx, run, around);
    const hook = run.hook ? await stage.hookAct(tx, run, scene) : undefined;
    const done = hook
      ? hookStep(run, program, hook, state)
      : step(program, run.node, state, run.steps, scene);
    return act(tx, run, program, scene, done, undefined);
  }

  /** Another program or the language model is asked; what it answers is the step. */
  async function call(run: RunRow, what: Outside): Promise<void> {
    const program = await stage.programOf(db, run);
    const node = program?.nodes[run.node ?? ''];
    const config = program && node ? withBodyFields(program, node.config) : {};
    const told = await deps.outside(askedFor(run), what, config);
    await inTransaction(db, async (tx) => {
      const current = await runs.lockCalled(tx, run);
      const program = current && (await stage.programOf(tx, current));
      if (current && program) await answeredBy(tx, current, program, told);
    });
    wake.at(clock.now());
  }

  async function answeredBy(tx: Tx, run: RunRow, program: Program, told: Told): Promise<void> {
    const node = program.nodes[run.node ?? ''];
    if (!node) return end(tx, run, 'failed', 'This step is not there any more.');
    const state = withVars(run.state as unknown as RunState, told.vars ?? {});
    if ('error' in told) {
      if (!(await again(tx, run, node.config, state))) {
        await keep(tx, run, failed(program, node, state, told.error), told.data);
      }
      return;
    }
    const { effects, exit, data } = told;
    const act = { is: 'done' as const, effects, data };
    const next = nextNode(program, node, exit);
    const done: Step = { node, act, exit, next, state, error: null };
    await performed(tx, run, program, await stage.sceneOf(tx, run), done, effects, undefined);
  }

  /** Asks again a little later, if its node is to; answers whether it will. */
  async function again(tx: Tx, run: RunRow, { retries }: Json, state: RunState): Promise<boolean> {
    const tries = state.tries ?? 0;
    if (typeof retries !== 'number' || tries >= retries) return false;
    const now = clock.now();
    const wakeAt = later(now, retryMs * 4 ** tries);
    await runs.progress(tx, run, {
      ...{ node: run.node, status: 'waiting', waitingFor: 'again', wakeAt, error: run.error, endedAt: null },
      ...{ state: { ...state, calls: 0, tries: tries + 1 }, now },
    });
    wake.at(wakeAt);
    return true;
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
      const program = current && (await stage.programOf(tx, current));
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

  return {
    start: wake.start,
    /** Something is due. */
    poke(): void {
      wake.at(clock.now());
      wake.start();
    },
    /** These have just been started, or given an answer. */
    begin: fresh.begin,
    async stop() {
      await Promise.all([wake.stop(), fresh.stop()]);
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
