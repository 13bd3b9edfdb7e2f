interface Beat {
  deeds: Set<() => void>;
  timer: NodeJS.Timeout;
}

const beats = new Map<number, Beat>();

/**
 * Does something every so many milliseconds, together with everybody else who does something as often: many timers of
 * their own would wake the process many times as often. The deed must not throw. Answers how to stop.
 */
export function every(ms: number, deed: () => void): () => void {
  const beat = beats.get(ms) ?? begin(ms);
  // A function of its own, for the same deed may be done twice.
  const mine = () => deed();
  beat.deeds.add(mine);
  return () => {
    if (!beat.deeds.delete(mine) || beat.deeds.size > 0) return;
    clearInterval(beat.timer);
    beats.delete(ms);
  };
}

function begin(ms: number): Beat {
  const deeds = new Set<() => void>();
  const timer = setInterval(() => {
    for (const deed of deeds) deed();
  }, ms);
  const beat = { deeds, timer };
  beats.set(ms, beat);
  return beat;
}
