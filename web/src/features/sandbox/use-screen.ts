import { useEffect, useState } from 'react';
import { type ScreenEvent, watchScreen } from './network.ts';
import { darkScreen, type Screen, screenAfter } from './screen.ts';

/** What comes within this is shown at once. */
const togetherMs = 30;
const againMs = 1_000;

/** What a phone shows, as it changes, while the component is there. */
export function useScreen(number: string): Screen {
  const [screen, setScreen] = useState(darkScreen);
  useEffect(() => {
    const ending = new AbortController();
    const { signal } = ending;
    let waiting: ScreenEvent[] = [];
    const show = () => {
      const seen = waiting;
      waiting = [];
      if (!signal.aborted) setScreen((before) => screenAfter(before, seen));
    };
    const hear = (one: ScreenEvent) => {
      waiting.push(one);
      if (waiting.length === 1) setTimeout(show, togetherMs);
    };
    const watch = async () => {
      while (!signal.aborted) {
        const beganMs = Date.now();
        const looking = whileSeen(signal);
        if (!looking.aborted) await watchScreen(number, { signal: looking, hear }).catch(() => undefined);
        // One that ended at once would end at once again; in a page that nobody sees none is opened.
        if (document.hidden || Date.now() - beganMs < againMs) await later(againMs);
      }
    };
    setScreen(darkScreen);
    void watch();
    return () => ending.abort();
  }, [number]);
  return screen;
}

const later = (ms: number) => new Promise<void>((resolve) => setTimeout(resolve, ms));

/** Lasts as long as `signal` and the page is seen: browsers open few connections to a server, over all its pages. */
function whileSeen(signal: AbortSignal): AbortSignal {
  const hiding = new AbortController();
  const look = () => {
    if (document.hidden) hiding.abort();
  };
  look();
  const both = AbortSignal.any([signal, hiding.signal]);
  document.addEventListener('visibilitychange', look, { signal: both });
  return both;
}
