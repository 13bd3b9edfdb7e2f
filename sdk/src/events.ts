import { io } from 'socket.io-client';
import type { Connection } from './client.ts';
import type { EventData } from './generated/types.gen.ts';

export type EventName = keyof EventData;

/** Something that happened. */
export interface GatewayEvent<Name extends EventName = EventName> {
  id: string;
  event: Name;
  /** It only grows; the last one heard is where to go on. 0: an event of this moment, which has no place among the others. */
  sequence: number;
  timestamp: string;
  profileId: string | null;
  data: EventData[Name];
}

export interface Listening {
  /** Hears of events of this name; answers how to stop. */
  on<Name extends EventName>(name: Name, hear: (event: GatewayEvent<Name>) => void): () => void;
  /** Hears of every event. */
  onAny(hear: (event: GatewayEvent) => void): () => void;
  /** The last sequence heard; `after` of a later `listen` goes on behind it. */
  readonly sequence: number | undefined;
  /** Resolves when the server has let us in. */
  readonly ready: Promise<void>;
  close(): void;
}

export interface ListenOptions extends Pick<Connection, 'url' | 'apiKey' | 'tokens'> {
  /** Only events of this profile; absent: all that one may hear. */
  profileId?: string | undefined;
  /** The last sequence that was heard before: what was missed comes first. */
  after?: number | undefined;
  /** The server no longer keeps all that was missed: what is shown has to be read anew. */
  missed?: () => void;
  /** The session is over, or the credentials were refused: it does not come back by itself. */
  ended?: (why: { code?: string; message: string }) => void;
  /** Whether events come in: false while the connection is being found again. */
  changed?: (isLive: boolean) => void;
}

/**
 * Events as they happen, over Socket.IO: each once and in order. After a lost connection it goes on behind the last event
 * heard, on whichever node it comes back to.
 */
export function listen(options: ListenOptions): Listening {
  const { url, apiKey, tokens, profileId } = options;
  const { missed = () => undefined, ended = () => undefined, changed = () => undefined } = options;
  const hearers = new Map<string, Set<(event: GatewayEvent) => void>>();
  const ready = Promise.withResolvers<void>();
  // Whoever does not wait for it hears of refusals through `ended`.
  ready.promise.catch(() => undefined);
  let sequence = options.after;
  const socket = io(`${url}/ws`, {
    transports: ['websocket'],
    // A connection that comes back uses the token of then.
    auth: (give) => {
      if (apiKey !== undefined) give({ apiKey });
      else
        Promise.resolve(tokens?.token()).then(
          (token) => give({ token }),
          () => give({}),
        );
    },
  });

  let isOver = false;
  const over = (why: { code?: string; message: string }) => {
    if (isOver) return;
    isOver = true;
    ready.reject(new Error(why.message));
    socket.disconnect();
    ended(why);
  };
  async function join(): Promise<void> {
    const place = profileId === undefined ? {} : { profileId };
    const from = sequence === undefined ? {} : { after: sequence };
    const answer = (await socket.emitWithAck('join', { ...place, ...from })) as {
      success: boolean;
      error?: string;
      code?: string;
      cursor?: number;
    };
    if (answer.success) {
      if (answer.cursor !== undefined) sequence = Math.max(sequence ?? 0, answer.cursor);
      changed(true);
      return ready.resolve();
    }
    if (answer.code !== 'CURSOR_GONE') {
      return over({ message: answer.error ?? 'refused', ...(answer.code && { code: answer.code }) });
    }
    sequence = undefined;
    missed();
    return join();
  }

  socket.on('connect', () => {
    // Broken off, it joins again with the next connection.
    join().catch(() => undefined);
  });
  socket.on('event', (event: GatewayEvent) => {
    if (event.sequence > 0) {
      if (sequence !== undefined && event.sequence <= sequence) return;
      sequence = event.sequence;
    }
    for (const name of [event.event, '*']) for (const hear of hearers.get(name) ?? []) hear(event);
  });
  socket.on('session:behind', ({ cursor }: { cursor: number }) => {
    sequence = cursor;
  });
  socket.on('session:ended', over);
  socket.on('connect_error', (error) => {
    // Without `active` it was refused and does not try again.
    if (!socket.active) over({ message: error.message });
  });
  // The server ends a connection that was behind, and means it to come back.
  socket.on('disconnect', (why) => {
    changed(false);
    if (why === 'io server disconnect' && !isOver) socket.connect();
  });

  const add = (name: string, hear: (event: GatewayEvent) => void) => {
    const known = hearers.get(name) ?? new Set();
    hearers.set(name, known.add(hear));
    return () => void known.delete(hear);
  };
  return {
    on: (name, hear) => add(name, hear as (event: GatewayEvent) => void),
    onAny: (hear) => add('*', hear),
    get sequence() {
      return sequence;
    },
    ready: ready.promise,
    close: () => void socket.disconnect(),
  };
}
