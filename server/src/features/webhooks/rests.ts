/** So many failures in a row are no accident. */
const failuresMax = 8;
/** Between two attempts at an endpoint that only fails: at first, and at most. */
const [restMsMin, restMsMax] = [100, 1_000];

/**
 * Endpoints that only fail are tried one attempt after the other with a rest between them, so that what waits for them costs
 * others nothing. The first success ends it.
 */
export function createRests(wake: (webhookId: string) => void) {
  const failures = new Map<string, number>();
  const resting = new Map<string, NodeJS.Timeout>();

  function forget(webhookId: string): void {
    failures.delete(webhookId);
    clearTimeout(resting.get(webhookId));
    resting.delete(webhookId);
  }

  return {
    /** How many attempts may be under way to it, of so many usually. */
    placesOf(webhookId: string, usual: number): number {
      if (resting.has(webhookId)) return 0;
      return (failures.get(webhookId) ?? 0) < failuresMax ? usual : 1;
    },

    note(webhookId: string, succeeded: boolean): void {
      if (succeeded) {
        forget(webhookId);
        return;
      }
      const count = (failures.get(webhookId) ?? 0) + 1;
      failures.set(webhookId, count);
      if (count < failuresMax || resting.has(webhookId)) return;
      const restMs = Math.min(restMsMin * 2 ** Math.min(count - failuresMax, 10), restMsMax);
      const timer = setTimeout(() => {
        resting.delete(webhookId);
        wake(webhookId);
      }, restMs);
      resting.set(webhookId, timer.unref());
    },

    forget,

    stop(): void {
      for (const id of [...failures.keys()]) forget(id);
    },
  };
}
