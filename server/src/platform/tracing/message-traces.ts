import type { Db } from '../db/transaction.ts';
import type { Log } from '../log.ts';
import { findTrace, insertTraces, type TraceRow } from './message-traces.store.ts';
import type { TracedMessage } from './tracing.ts';

interface Kept extends TracedMessage {
  organizationId: string;
  traceparent: string;
}

const memoryMax = 10_000;
const writeEveryMs = 50;
const rowsMax = 1_000;

/**
 * Which trace each message belongs to: in memory for this node, in the database for others and for what comes after a
 * restart. Written a moment later, many at once: a trace that is lost costs nobody a message.
 */
export function createMessageTraces({ db, log }: { db: Db; log: Log }) {
  const known = new Map<string, string>();
  let waiting: TraceRow[] = [];
  let timer: NodeJS.Timeout | undefined;
  let writing: Promise<void> = Promise.resolve();

  function write(): void {
    timer = undefined;
    const rows = waiting;
    waiting = [];
    writing = writing
      .then(() => insertTraces(db, rows))
      .catch((error: unknown) => log.debug({ err: error }, 'Traces of messages were not kept'));
  }

  return {
    keep({ organizationId, profileId, waMessageId, traceparent }: Kept): void {
      const key = `${profileId}/${waMessageId}`;
      if (known.has(key)) return;
      known.set(key, traceparent);
      const [oldest] = known.keys();
      if (known.size > memoryMax && oldest !== undefined) known.delete(oldest);
      if (waiting.length >= rowsMax) return;
      waiting.push({
        ...{ organization_id: organizationId, profile_id: profileId, wa_message_id: waMessageId },
        traceparent,
      });
      timer ??= setTimeout(write, writeEveryMs).unref();
    },
    async of({ profileId, waMessageId }: TracedMessage): Promise<string | undefined> {
      const here = known.get(`${profileId}/${waMessageId}`);
      return here ?? (await findTrace(db, profileId, waMessageId).catch(() => undefined));
    },
    async close(): Promise<void> {
      clearTimeout(timer);
      if (waiting.length > 0) write();
      await writing;
    },
  };
}
