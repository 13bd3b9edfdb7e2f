import { once } from 'node:events';
import type { ServerResponse } from 'node:http';
import type { Feed } from '../../platform/events/feed.ts';
import type { PassingEvents } from '../../platform/events/passing.ts';
import type { EventLog } from '../../platform/events/reader.ts';
import { Failure } from '../../platform/failures.ts';
import type { Log } from '../../platform/log.ts';

/** Streams under way in this process. */
export interface Streams {
  /**
   * Writes what is read as server-sent events until the client goes or the stream's time is over. `again`
   * asks what the caller may read now; when that is nothing any more, the stream ends. Streams with the same `caller` ask
   * the same.
   */
  serve(reading: Feed, response: ServerResponse, again: () => Promise<Feed>, caller: string): void;
  /** Ends all of them, and what begins later after its first page, so that the server can close. */
  end(): void;
  stop(): Promise<void>;
}

const lifeMs = 60_000;
/** A stream outlives what its caller may read by this and the check itself: two seconds at most. */
const recheckMs = 1_000;
/** What one stream has asked counts for others of the same caller so long. */
const sharedMs = 400;
const heartbeatMs = 15_000;

export function createStreams({
  eventLog,
  passing,
  log,
}: {
  eventLog: EventLog;
  passing: Pick<PassingEvents, 'tail'>;
  log: Log;
}): Streams {
  const wakers = new Set<() => void>();
  const ends = new Set<() => void>();
  const answers = new Map<string, Promise<Feed>>();
  let ended = false;
  const stopTail = eventLog.tail('streams', () => {
    for (const wake of wakers) wake();
  });

  function ask(caller: string, again: () => Promise<Feed>): Promise<Feed> {
    const isNew = !answers.has(caller);
    const answer = answers.get(caller) ?? again();
    if (isNew) {
      answers.set(caller, answer);
      setTimeout(() => answers.delete(caller), sharedMs).unref();
    }
    return answer;
  }

  async function pump(reading: () => Feed, response: ServerResponse, signal: AbortSignal): Promise<void> {
    let cursor = reading().after;
    for (;;) {
      // Listening before reading: what is numbered in between wakes us afterwards.
      const woken = new Promise<void>((resolve) => {
        const wake = () => {
          wakers.delete(wake);
          signal.removeEventListener('abort', wake);
          resolve();
        };
        wakers.add(wake);
        signal.addEventListener('abort', wake);
      });
      const page = await reading().follow(cursor);
      cursor = page.cursor;
      for (const event of page.events) {
        const frame = `id: ${event.sequence}\nevent: ${event.event}\ndata: ${JSON.stringify(event)}\n\n`;
        if (signal.aborted) return;
        if (!response.write(frame)) await once(response, 'drain', { signal });
      }
      if (!page.hasMore) await woken;
      if (signal.aborted) return;
    }
  }

  return {
    serve(first, response, again, caller) {
      let reading = first;
      const ending = new AbortController();
      const end = () => ending.abort();
      const life = setTimeout(end, lifeMs);
      const heartbeat = setInterval(() => response.write(': still here\n\n'), heartbeatMs);
      let isChecking = false;
      const recheck = async () => {
        if (isChecking) return;
        isChecking = true;
        try {
          reading = await ask(caller, again);
        } catch (error) {
          if (error instanceof Failure && error.status < 500) {
            if (!ending.signal.aborted) response.write(told('session:ended', error));
            end();
          } else log.warn({ err: error }, 'A reader of a stream could not be checked; it goes on for now');
        } finally {
          isChecking = false;
        }
      };
      // Without an id: whoever resumes does so behind an event that was kept. Who reads too slowly misses it.
      const stopPassing = passing.tail(async (event) => {
        const heard = await reading.passing(event);
        if (!heard || ending.signal.aborted || response.writableNeedDrain) return;
        response.write(`event: ${heard.event}\ndata: ${JSON.stringify(heard)}\n\n`);
      });
      const rechecks = setInterval(() => void recheck(), recheckMs);
      ends.add(end);
      if (ended) end();
      response.once('close', end);
      response.write('retry: 1000\n\n');
      pump(() => reading, response, ending.signal)
        .catch((error: unknown) => {
          if (ending.signal.aborted) return;
          if (error instanceof Failure) response.write(told('error', error));
          else log.warn({ err: error }, 'A stream of events broke off');
        })
        .finally(() => {
          clearTimeout(life);
          clearInterval(heartbeat);
          clearInterval(rechecks);
          stopPassing();
          ends.delete(end);
          response.end();
        });
    },
    end() {
      ended = true;
      for (const end of ends) end();
    },
    stop: stopTail,
  };
}

/** Without an id: it is no event, and nothing to go on behind. */
function told(name: string, { code, message }: Failure): string {
  return `event: ${name}\ndata: ${JSON.stringify({ code, message })}\n\n`;
}
