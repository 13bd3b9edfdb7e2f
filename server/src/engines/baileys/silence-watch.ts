import { every } from '../../platform/concurrency/every.ts';

/** When a connection counts as dead; milliseconds. */
export interface Timings {
  /** Silence after which a connection that is up is asked whether it still is. */
  probeMs: number;
  /** How long the answer may take from the moment the question has left. */
  answerMs: number;
  /** Silence after which a login, or the connecting before it, is given up. */
  silenceMsMax: number;
  /** How long a login may take altogether; waiting for a person to link does not count. */
  loginMsMax: number;
  /** How long the server may take to acknowledge a message. */
  ackMsMax: number;
}

/** A connection that says nothing any more is cut within ten seconds; one that is only idle answers and lives. */
export const usualTimings: Timings = {
  probeMs: 5000,
  answerMs: 4500,
  silenceMsMax: 9500,
  loginMsMax: 60_000,
  ackMsMax: 20_000,
};

/** A question that can't even leave for so long (our own database is slow, say) ends the connection too. */
const stuckMsMax = 30_000;
const stepMsMax = 250;

export interface SilenceWatch {
  /** Something arrived. */
  heard(): void;
  /** The login is done or waits for a person: from now on silence is asked about. */
  settled(): void;
  /** A login is under way (again). */
  expecting(): void;
  stop(): void;
}

/**
 * Notices a connection that says nothing, whatever the reason: Baileys itself tells nothing of an upgrade
 * that is refused and cut, and takes up to a minute and a half over a server that has fallen silent.
 * @param ask asks the server for a sign of life; resolves when the question has left
 * @param bytesRead what the socket has taken in so far: a large piece that comes slowly is no silence
 */
export function watchSilence(
  timings: Timings,
  on: { ask(): Promise<unknown>; bytesRead(): number; silent(forMs: number): void },
): SilenceWatch {
  const { probeMs, answerMs, silenceMsMax, loginMsMax } = timings;
  const stepMs = Math.min(stepMsMax, Math.max(10, Math.min(probeMs, answerMs, silenceMsMax) / 10));
  let startedAt = performance.now();
  let heardAt = startedAt;
  let tickedAt = startedAt;
  let waitingForLogin = true;
  let read = 0;
  let question: { askedAt: number; leftAt?: number } | undefined;

  function ask(now: number): void {
    const mine: { askedAt: number; leftAt?: number } = { askedAt: now };
    question = mine;
    on.ask().then(
      () => {
        mine.leftAt = performance.now();
      },
      () => undefined,
    );
  }

  function heard(): void {
    heardAt = performance.now();
    question = undefined;
  }

  const stop = every(stepMs, () => {
    const now = performance.now();
    const wasAsleep = now - tickedAt > stepMs + answerMs / 2;
    tickedAt = now;
    const bytes = on.bytesRead();
    if (bytes > read) heard();
    read = bytes;
    // Who slept has not looked whether there is an answer: it may lie unread in the socket.
    if (wasAsleep) return heard();
    const silentMs = now - heardAt;
    if (waitingForLogin) {
      const tooLong = silentMs > silenceMsMax ? silentMs : now - startedAt > loginMsMax && now - startedAt;
      if (tooLong) on.silent(tooLong);
    } else if (!question) {
      if (silentMs > probeMs) ask(now);
    } else if (now - (question.leftAt ?? Number.POSITIVE_INFINITY) > answerMs) on.silent(silentMs);
    else if (now - question.askedAt > stuckMsMax) on.silent(silentMs);
  });

  return {
    heard,
    settled() {
      waitingForLogin = false;
    },
    expecting() {
      waitingForLogin = true;
      startedAt = performance.now();
    },
    stop,
  };
}
