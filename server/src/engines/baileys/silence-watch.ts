import { every } from '../../platform/concurrency/every.ts';

/** When a connection counts as dead; milliseconds. */
export interface Timings {
  /** Silence after which a connection that is up gets a ping. */
  probeMs: number;
  /** How long the answer may take from the moment the ping has left. */
  answerMs: number;
  /** Silence after which a login, or the connecting before it, is given up. */
  silenceMsMax: number;
  /** How long a login may take altogether; waiting for a person to link does not count. */
  loginMsMax: number;
  /** How long the server may take to acknowledge a message. */
  ackMsMax: number;
}

/** A dead connection is cut within ten seconds; an idle one answers the ping and stays. */
export const usualTimings: Timings = {
  probeMs: 5000,
  answerMs: 4500,
  silenceMsMax: 9500,
  loginMsMax: 60_000,
  ackMsMax: 20_000,
};

/** A ping that can't leave for so long (our own database is slow, say) ends the connection too. */
const stuckMsMax = 30_000;
const stepMsMax = 250;

export interface SilenceWatch {
  /** Something arrived. */
  heard(): void;
  /** The login is done or waits for a person: from now on silence leads to a ping. */
  settled(): void;
  /** A login is under way (again). */
  expecting(): void;
  stop(): void;
}

/**
 * Notices a silent connection, whatever the reason: Baileys itself does not report an upgrade that is refused and cut,
 * and takes up to a minute and a half to notice that a server has fallen silent.
 * @param ask pings the server; resolves when the ping has left
 * @param bytesRead bytes the socket has received so far: a large frame that arrives slowly is no silence
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
  let bytesBefore = 0;
  let ping: { askedAt: number; leftAt?: number } | undefined;

  function ask(now: number): void {
    const current: { askedAt: number; leftAt?: number } = { askedAt: now };
    ping = current;
    on.ask().then(
      () => {
        current.leftAt = performance.now();
      },
      () => undefined,
    );
  }

  function heard(): void {
    heardAt = performance.now();
    ping = undefined;
  }

  const stop = every(stepMs, () => {
    const now = performance.now();
    const wasAsleep = now - tickedAt > stepMs + answerMs / 2;
    tickedAt = now;
    // The process stood still: an answer may lie unread in the socket.
    if (wasAsleep) return heard();
    // Half a frame is looked for only when it matters, for this runs often and for many connections.
    if (!waitingForLogin && !ping && now - heardAt <= probeMs) return;
    const bytes = on.bytesRead();
    const isMore = bytes > bytesBefore;
    bytesBefore = bytes;
    // Before a ping it may be of any moment since the last frame; the ping finds out.
    if (isMore && (waitingForLogin || ping)) return heard();
    const silentMs = now - heardAt;
    if (waitingForLogin) {
      const tooLong = silentMs > silenceMsMax ? silentMs : now - startedAt > loginMsMax && now - startedAt;
      if (tooLong) on.silent(tooLong);
    } else if (!ping) {
      if (silentMs > probeMs) ask(now);
    } else if (now - (ping.leftAt ?? Number.POSITIVE_INFINITY) > answerMs) on.silent(silentMs);
    else if (now - ping.askedAt > stuckMsMax) on.silent(silentMs);
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
