/** When a connection counts as dead; milliseconds. */
export interface Timings {
  /** How often the connection is tried with a ping. */
  keepAliveMs: number;
  /** Silence after which a connection under way is given up. */
  silenceMsMax: number;
  /** How long a login may take altogether; waiting for a person to link does not count. */
  loginMsMax: number;
  /** How long the server may take to acknowledge a message. */
  ackMsMax: number;
}

export const usualTimings: Timings = {
  keepAliveMs: 15_000,
  silenceMsMax: 25_000,
  loginMsMax: 60_000,
  ackMsMax: 20_000,
};

export interface SilenceWatch {
  /** Something arrived. */
  heard(): void;
  /** The login is done or waits for a person: from now on only silence matters. */
  settled(): void;
  /** A login is under way (again). */
  expecting(): void;
  stop(): void;
}

/**
 * Notices a connection that says nothing, whatever the reason: Baileys itself tells nothing of an upgrade
 * that is refused and cut, and takes up to a minute and a half over a server that has fallen silent.
 */
export function watchSilence(
  { keepAliveMs, silenceMsMax, loginMsMax }: Timings,
  onSilent: (forMs: number) => void,
): SilenceWatch {
  let startedAt = performance.now();
  let heardAt = startedAt;
  let waitingForLogin = true;
  const stepMs = Math.max(10, Math.min(silenceMsMax, keepAliveMs) / 10);
  const timer = setInterval(() => {
    const now = performance.now();
    const silentMs = now - heardAt;
    // Once up, silence may last from one ping to the next before it means anything.
    const allowedMs = waitingForLogin ? silenceMsMax : keepAliveMs + silenceMsMax;
    if (silentMs > allowedMs) onSilent(silentMs);
    else if (waitingForLogin && now - startedAt > loginMsMax) onSilent(now - startedAt);
  }, stepMs);
  return {
    heard() {
      heardAt = performance.now();
    },
    settled() {
      waitingForLogin = false;
    },
    expecting() {
      waitingForLogin = true;
      startedAt = performance.now();
    },
    stop: () => clearInterval(timer),
  };
}
