import { once } from 'node:events';
import type { WebSocket } from 'ws';
import type { Actor } from '../../platform/actor.ts';
import { coalesced } from '../../platform/concurrency/coalesced.ts';
import type { RecordedEvent } from '../../platform/events/define.ts';
import type { Feed, OpenFeed } from '../../platform/events/feed.ts';
import type { WireEvent } from '../../platform/events/wire.ts';
import { Failure } from '../../platform/failures.ts';
import type { Credentials } from '../credentials.ts';
import { understood } from './older-names.ts';
import type { Word } from './words.ts';

/** One subscription: what was asked, and up to where it has been told. */
interface Subscription {
  readonly query: { profileId: string | undefined; event: string | undefined };
  feed: Feed;
  cursor: number;
  readonly shown: (event: WireEvent) => WireEvent;
}

/** Bytes that may wait for a client: then nothing more is read for it until it has taken some. */
const bytesWaitingMax = 1_000_000;
/** A client that takes nothing for so long is cut. */
const stalledMsMax = 10_000;
const lookEveryMs = 20;
const subscriptionsMax = 100;
/** The newest events it was told, so that an event of two subscriptions comes once. */
const rememberedMax = 2_000;

export type RawClient = ReturnType<typeof createRawClient>;

const frames = new WeakMap<WireEvent, string>();

/** The same event is the same frame for everybody. */
function frameOf(event: WireEvent): string {
  const frame = frames.get(event) ?? JSON.stringify({ type: 'event', payload: event });
  frames.set(event, frame);
  return frame;
}

/** Somebody at the plain web socket. Each reads the log by a cursor of its own, so it can be slow and miss nothing. */
export function createRawClient(deps: {
  id: string;
  socket: WebSocket;
  actor: Actor;
  credentials: Credentials;
  openFeed: OpenFeed;
  log: (error: unknown) => void;
}) {
  const { socket, openFeed } = deps;
  let { actor } = deps;
  const subscriptions = new Map<string, Subscription>();
  const told = new Set<string>();

  const send = (type: string, payload: object, requestId?: string) => {
    if (socket.readyState === socket.OPEN)
      socket.send(JSON.stringify({ type, ...(requestId && { requestId }), payload }));
  };
  const refuse = ({ code, message }: Failure, requestId?: string) =>
    send('error', { error: message, code }, requestId);

  /** Waits until the client has taken what waits for it; answers whether it had fallen behind. */
  async function room(): Promise<boolean> {
    if (socket.bufferedAmount <= bytesWaitingMax) return false;
    let [least, since] = [socket.bufferedAmount, performance.now()];
    while (socket.readyState === socket.OPEN && socket.bufferedAmount > bytesWaitingMax / 2) {
      await new Promise((resolve) => setTimeout(resolve, lookEveryMs));
      if (socket.bufferedAmount < least) [least, since] = [socket.bufferedAmount, performance.now()];
      if (performance.now() - since > stalledMsMax) socket.terminate();
    }
    return true;
  }

  function tell(event: WireEvent, shown: Subscription['shown']): void {
    if (told.has(event.id)) return;
    told.add(event.id);
    if (told.size > rememberedMax) for (const id of told) if (told.delete(id)) break;
    const form = shown(event);
    if (socket.readyState === socket.OPEN) socket.send(frameOf(form));
  }

  async function read(one: Subscription): Promise<boolean> {
    const page = await one.feed.follow(one.cursor);
    for (const event of page.events) {
      tell(event, one.shown);
      one.cursor = event.sequence;
      if (await room()) send('behind', { cursor: one.cursor, profileId: one.query.profileId ?? null });
      if (socket.readyState !== socket.OPEN) return false;
    }
    one.cursor = page.cursor;
    return page.hasMore;
  }

  const pump = coalesced(async () => {
    for (const [key, one] of subscriptions) {
      try {
        while (socket.readyState === socket.OPEN && (await read(one)));
      } catch (error) {
        // Where it stood is no longer kept; anything else may be over at the next event.
        if (!(error instanceof Failure) || error.status >= 500) deps.log(error);
        else if (subscriptions.delete(key)) refuse(error);
      }
    }
  });
  /** There may be something new. */
  const wake = () => void pump();

  async function subscribe({ profileId, events, after, requestId }: Word): Promise<void> {
    if (subscriptions.size >= subscriptionsMax)
      throw new Failure('VALIDATION_ERROR', { says: 'So many subscriptions are too many.' });
    const { names, shown } = understood(events ?? ['*']);
    const query = { profileId, event: names.includes('*') ? undefined : names.join() };
    const feed = await openFeed(actor, { ...query, after: after ?? 'now' });
    subscriptions.set(profileId ?? '*', { query, feed, cursor: feed.after, shown });
    send(
      'ack',
      { success: true, message: 'subscribed', profileId: profileId ?? null, cursor: feed.after },
      requestId,
    );
    wake();
  }

  return {
    id: deps.id,
    credentials: deps.credentials,
    send,
    wake,

    async hear(word: Word): Promise<void> {
      const { type, profileId, requestId } = word;
      try {
        if (type === 'ping') send('pong', { timestamp: new Date().toISOString() }, requestId);
        else if (type === 'subscribe') await subscribe(word);
        else if (type === 'unsubscribe') {
          if (profileId === undefined) subscriptions.clear();
          else subscriptions.delete(profileId);
          send('ack', { success: true, message: 'unsubscribed', profileId: profileId ?? null }, requestId);
        } else
          refuse(
            new Failure('VALIDATION_ERROR', { says: 'The types are subscribe, unsubscribe and ping.' }),
            requestId,
          );
      } catch (error) {
        if (!(error instanceof Failure)) deps.log(error);
        refuse(error instanceof Failure ? error : new Failure('INTERNAL_ERROR'), requestId);
      }
    },

    async passing(event: RecordedEvent): Promise<void> {
      for (const { feed, shown } of subscriptions.values()) {
        const heard = await feed.passing(event);
        if (!heard) continue;
        if (socket.bufferedAmount <= bytesWaitingMax) tell(heard, shown);
        return;
      }
    },

    /** What it may hear now; a subscription that it may not have any more is taken from it. */
    async renew(now: Actor, open: OpenFeed): Promise<void> {
      actor = now;
      for (const [key, one] of subscriptions) {
        try {
          one.feed = await open(now, one.query);
        } catch (error) {
          if (!(error instanceof Failure) || error.status >= 500) throw error;
          subscriptions.delete(key);
          refuse(error);
        }
      }
    },

    /** Shows it out with the reason. */
    async showOut({ code, message }: Pick<Failure, 'code' | 'message'>, closeCode: number, withinMs: number) {
      send('session:ended', { code, message });
      socket.close(closeCode, code);
      const late = setTimeout(() => socket.terminate(), withinMs);
      if (socket.readyState !== socket.CLOSED) await once(socket, 'close').catch(() => undefined);
      clearTimeout(late);
    },
  };
}
