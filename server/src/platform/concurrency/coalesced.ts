/**
 * A deed that never runs twice at once: asked for while it runs, it runs once more afterwards, however often
 * it was asked. The promise ends after a run that began after the asking. The deed must not throw.
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
