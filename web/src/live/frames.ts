/** A page that is hidden, or that the browser has no time to draw, has no frames: what came is applied after so long. */
const frameMsMax = 1_000;

/** Collects what comes until the next frame and hands it over at once, in its order. */
export function perFrame<Thing>(take: (things: Thing[]) => void): (thing: Thing) => void {
  let waiting: Thing[] = [];
  let frame = 0;
  let late: ReturnType<typeof setTimeout> | undefined;
  const flush = () => {
    cancelAnimationFrame(frame);
    clearTimeout(late);
    const things = waiting;
    waiting = [];
    take(things);
  };
  return (thing) => {
    waiting.push(thing);
    if (waiting.length > 1) return;
    frame = requestAnimationFrame(flush);
    late = setTimeout(flush, frameMsMax);
  };
}
