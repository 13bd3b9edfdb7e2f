import { setTimeout as pause } from 'node:timers/promises';
import { type Db, inTransaction, type Tx } from '../../platform/db/transaction.ts';
import type { JobQueue } from '../../platform/jobs/jobs.ts';
import { foldAll } from './follow.ts';
import { gatherWords } from './search.jobs.ts';
import type { WordsStore } from './words.store.ts';

const atOnce = 500;
/** Between two steps, so that whoever waits for the database is not held up. */
const restMs = 20;
const workMsMax = 60_000;

/** Works through the backlog in small steps; each is a transaction, so a crash repeats one at most. */
export function createGather(deps: { db: Db; jobs: JobQueue; store: WordsStore }) {
  const { db, jobs, store } = deps;

  /** Answers false when nothing is left that nobody else works on. */
  async function step(tx: Tx): Promise<boolean> {
    const part = await store.claimBacklog(tx);
    if (!part) return false;
    const messages = part.message_ids
      ? await store.messages(tx, part.message_ids)
      : await store.messagesBehind(tx, part.behind, atOnce);
    await store.keep(tx, await foldAll(messages), { isOld: true });
    const last = messages.at(-1);
    if (part.message_ids || messages.length < atOnce || !last) await store.finish(tx, part.id);
    else await store.advance(tx, part.id, last.id);
    return true;
  }

  const enqueue = (tx: Tx) => jobs.enqueue(tx, gatherWords, {});

  return {
    async run(_: object, signal: AbortSignal): Promise<void> {
      const begunMs = performance.now();
      while (!signal.aborted && (await inTransaction(db, step))) {
        if (performance.now() - begunMs > workMsMax) return inTransaction(db, enqueue);
        await pause(restMs, undefined, { signal }).catch(() => undefined);
      }
    },

    /** Messages were stored that no event tells of: they are gathered after the commit. */
    async noted(tx: Tx, organizationId: string, ids: readonly string[]): Promise<void> {
      for (let begin = 0; begin < ids.length; begin += atOnce) {
        await store.note(tx, organizationId, ids.slice(begin, begin + atOnce));
      }
      if (ids.length > 0) await enqueue(tx);
    },

    /** Goes on where an earlier process stopped. */
    async start(): Promise<void> {
      if (await store.hasBacklog()) await inTransaction(db, enqueue);
    },
  };
}
