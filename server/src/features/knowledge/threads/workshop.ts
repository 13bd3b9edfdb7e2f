import { Worker } from 'node:worker_threads';
import { Failure } from '../../../platform/failures.ts';

/** Work in a thread of its own, one task after the other, so that nothing a document holds can stop the process. */
export interface Workshop<Task, Result> {
  /**
   * @throws Failure UNAVAILABLE when too much waits already, DOCUMENT_TOO_COSTLY when it took too much time or memory
   * @throws Error what the task threw
   */
  run(task: Task): Promise<Result>;
  /** Ends the thread; what waits fails. */
  stop(): Promise<void>;
}

interface Waiting<Task, Result> {
  task: Task;
  resolve(result: Result): void;
  reject(error: Error): void;
}

/** What a thread answers to each task. */
export type WorkAnswer<Result> = { result: Result } | { problem: string };

/** A thread that has nothing to do ends after this time. */
const idleMsMax = 30_000;
const watchMs = 50;

/**
 * @param msMax how long a task may take
 * @param mbMax how much memory the thread may use
 * @param growthMbMax by how much the process may grow during a task: buffers are outside of the thread's own limit
 * @param waitingMax how many tasks may wait
 * @param idleMs after how long without a task the thread ends
 * @param ended the thread has ended, and a new one begins with the next task
 */
export function createWorkshop<Task, Result>(
  entry: URL,
  {
    msMax,
    mbMax,
    waitingMax,
    growthMbMax,
    idleMs = idleMsMax,
    ended,
  }: {
    msMax: number;
    mbMax: number;
    waitingMax: number;
    growthMbMax?: number;
    idleMs?: number;
    ended?: () => void;
  },
): Workshop<Task, Result> {
  const waiting: Waiting<Task, Result>[] = [];
  let worker: Worker | undefined;
  let current: Waiting<Task, Result> | undefined;
  let timer: NodeJS.Timeout | undefined;
  let watch: NodeJS.Timeout | undefined;

  function open(): Worker {
    const opened = new Worker(entry, {
      resourceLimits: { maxOldGenerationSizeMb: mbMax, maxYoungGenerationSizeMb: 32, stackSizeMb: 4 },
      stdout: true,
      stderr: true,
    });
    opened.on('message', (answer: WorkAnswer<Result>) => {
      if ('result' in answer) current?.resolve(answer.result);
      else current?.reject(new Error(answer.problem));
      next();
    });
    // Out of memory, or a mistake of ours: the next task gets a new thread.
    opened.on('error', () => give(opened));
    opened.on('exit', () => give(opened));
    opened.unref();
    return opened;
  }

  /** The thread is gone, or is to go: whoever waited for it is told. */
  function give(gone: Worker): void {
    if (worker !== gone) return;
    worker = undefined;
    current?.reject(new Failure('DOCUMENT_TOO_COSTLY'));
    void gone.terminate();
    ended?.();
    next();
  }

  function next(): void {
    clearTimeout(timer);
    clearInterval(watch);
    current = waiting.shift();
    if (!current) {
      timer = setTimeout(() => worker && give(worker), idleMs);
      timer.unref();
      worker?.unref();
      return;
    }
    worker ??= open();
    // A process does not end in the middle of a task.
    worker.ref();
    const busy = worker;
    timer = setTimeout(() => give(busy), msMax);
    if (growthMbMax !== undefined) {
      const bytesMax = process.memoryUsage.rss() + growthMbMax * 1024 * 1024;
      watch = setInterval(() => process.memoryUsage.rss() > bytesMax && give(busy), watchMs);
    }
    busy.postMessage(current.task);
  }

  return {
    run(task) {
      if (waiting.length >= waitingMax) throw new Failure('UNAVAILABLE');
      const { promise, resolve, reject } = Promise.withResolvers<Result>();
      waiting.push({ task, resolve, reject });
      if (!current) next();
      return promise;
    },

    async stop() {
      clearTimeout(timer);
      clearInterval(watch);
      const open = worker;
      worker = undefined;
      for (const { reject } of [...(current ? [current] : []), ...waiting.splice(0)]) {
        reject(new Failure('SHUTTING_DOWN'));
      }
      current = undefined;
      await open?.terminate();
    },
  };
}
