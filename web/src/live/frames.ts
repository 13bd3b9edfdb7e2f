/** A hidden page draws nothing, so it has no frames; what came is applied every so often. */
const hiddenMs = 1_000;

/** Collects what comes until the next frame and hands it over at once, in its order. */
export function perFrame<Thing>(take: (things: Thing[]) => void): (thing: Thing) => void {
  let waiting: Thing[] = [];
  const flush = () => {
    const things = waiting;
    waiting = [];
    take(things);
  };
  return (thing) => {
    waiting.push(thing);
    if (waiting.length > 1) return;
    if (document.hidden) setTimeout(flush, hiddenMs);
    else requestAnimationFrame(flush);
  };
}
