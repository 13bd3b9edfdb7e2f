import type { GatewayEvent } from '@multiwa/sdk';
import { useEffect, useRef, useState } from 'react';
import { onEvent } from '../../live/index.ts';
import { fits } from '../developers/index.ts';
import { recentEvents } from './queries.ts';
import { emptyRing, type Ring, withNewer, withOlder } from './ring.ts';

/** An event as it came. */
export type Tailed = GatewayEvent;

/** So many are kept, however long the page is open. */
export const keptMax = 5_000;

export interface TailFilter {
  event?: string | undefined;
  profile?: string | undefined;
}

const isMeant =
  ({ event, profile }: TailFilter) =>
  (one: Tailed): boolean =>
    (event === undefined || fits(event, one.event)) && (profile === undefined || one.profileId === profile);

/**
 * What happens, as it does: drawn once per frame at most, bounded, and still while it is paused; what comes meanwhile is kept
 * and shown when it goes on.
 */
export function useTail(filter: TailFilter): {
  ring: Ring<Tailed>;
  isPaused: boolean;
  /** How many came since it was paused. */
  waiting: number;
  pause: (isPaused: boolean) => void;
  clear: () => void;
} {
  const { event, profile } = filter;
  const [ring, setRing] = useState<Ring<Tailed>>(emptyRing);
  const [isPaused, setPaused] = useState(false);
  const [waiting, setWaiting] = useState(0);
  const paused = useRef(false);
  const held = useRef<Ring<Tailed>>(emptyRing);
  const release = useRef<() => void>(() => undefined);

  useEffect(() => {
    let isOver = false;
    let frame: number | undefined;
    const meant = isMeant({ event, profile });
    held.current = emptyRing;
    setRing(emptyRing);
    setWaiting(0);
    const draw = () => {
      frame = undefined;
      if (paused.current) {
        setWaiting(held.current.things.length);
        return;
      }
      const { things } = held.current;
      held.current = emptyRing;
      setWaiting(0);
      setRing((known) => withNewer(known, things, keptMax));
    };
    release.current = draw;
    const stop = onEvent((one) => {
      if (!meant(one)) return;
      held.current = withNewer(held.current, [one], keptMax);
      frame ??= requestAnimationFrame(draw);
    });
    recentEvents({ event, profile }).then(
      (older) => {
        if (isOver) return;
        setRing((known) => {
          const there = new Set(known.things.map(({ id }) => id));
          return withOlder(
            known,
            older.filter(({ id }) => !there.has(id)),
            keptMax,
          );
        });
      },
      // What comes is shown all the same.
      () => undefined,
    );
    return () => {
      isOver = true;
      stop();
      if (frame !== undefined) cancelAnimationFrame(frame);
    };
  }, [event, profile]);

  return {
    ring,
    isPaused,
    waiting,
    pause(next) {
      paused.current = next;
      setPaused(next);
      if (!next) release.current();
    },
    clear() {
      held.current = emptyRing;
      setWaiting(0);
      setRing(emptyRing);
    },
  };
}
