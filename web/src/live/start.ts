import type { GatewayEvent } from '@multiwa/sdk';
import { notifyManager, type QueryClient } from '@tanstack/react-query';
import { may, tokens } from '../session/index.ts';
import { become } from './connection.ts';
import { perFrame } from './frames.ts';
import { apply, type Live } from './reducers.ts';

/** The `live.ts` of a feature, loaded when the connection is. */
export type LivePart = () => Promise<{ live: Live }>;

const hearers = new Set<(event: GatewayEvent) => void>();
const againMs = 5_000;
const rereadMs = 15_000;

/** Hears every event as it comes, before the cache does: for pages that show events themselves. */
export function onEvent(hear: (event: GatewayEvent) => void): () => void {
  hearers.add(hear);
  return () => void hearers.delete(hear);
}

/**
 * Keeps what is shown up to date until the answer is called. Whoever may read the whole organization hears its events;
 * who is bound to places has what is on screen read again every so often.
 */
export function startLive(cache: QueryClient, parts: readonly LivePart[]): () => void {
  return may('profile:read') ? listenTo(cache, parts) : reread(cache);
}

function reread(cache: QueryClient): () => void {
  const reading = setInterval(() => {
    if (!document.hidden) void cache.invalidateQueries();
  }, rereadMs);
  return () => clearInterval(reading);
}

/**
 * One connection of the page: goes on behind the last event after it was lost, applies what comes in one batch per frame,
 * and has everything on screen read anew when the server no longer keeps what was missed.
 */
function listenTo(cache: QueryClient, parts: readonly LivePart[]): () => void {
  let isOver = false;
  let close: () => void = () => undefined;
  const begin = async () => {
    // Neither the socket nor what features do with events is in the way of the first paint.
    const [{ open }, ...loaded] = await Promise.all([import('./socket.ts'), ...parts.map((load) => load())]);
    if (isOver) return;
    const lives = loaded.map(({ live }) => live);
    const take = perFrame<GatewayEvent>((events) =>
      notifyManager.batch(() => apply(events, lives, cache, reportError)),
    );
    const listening = open({
      url: '',
      tokens,
      missed: () => void cache.invalidateQueries(),
      changed: (isLive) => become(isLive ? 'live' : 'lost'),
      ended: () => {
        become('lost');
        if (isOver) return;
        // Refused for now, or for good: a new token tells, and ends the session if it is over.
        tokens.renew().then((token) => token !== undefined && againSoon(), againSoon);
      },
    });
    // What was read before may have changed before we began to hear; from now on nothing is missed.
    const caughtUp = listening.ready.then(() => cache.invalidateQueries());
    // Refused, `ended` goes on.
    caughtUp.catch(() => undefined);
    listening.onAny((event) => {
      for (const hear of hearers) hear(event);
      take(event);
    });
    close = () => listening.close();
  };
  const againSoon = () => {
    close();
    setTimeout(() => {
      if (!isOver) begin().catch(reportError);
    }, againMs);
  };
  begin().catch(reportError);
  return () => {
    isOver = true;
    close();
    become('opening');
  };
}
