/**
 * A deed that never runs twice at the same time. All calls that come while it runs share one more run afterwards. A
 * call's promise ends after a run that began after the call. The deed must not throw.
 */
export function coalesced(deed: () => Promise<void>): () => Promise<void> {
  let running: Promise<void> | undefined;
  let next: Promise<void> | undefined;
  const begin = (): Promise<void> => {
    running = deed().finally(() => {
      running = undefined;
    });
    return running;
  };
  return () => {
    if (!running && !next) return begin();
    next ??= (running ?? Promise.resolve()).then(() => {
      next = undefined;
      return begin();
    });
    return next;
  };
}
