import type { Server as HttpServer } from 'node:http';
import { setTimeout as pause } from 'node:timers/promises';
import { Server, type Socket } from 'socket.io';
import type { Actor, Authenticator } from '../platform/actor.ts';
import type { EventDefinition } from '../platform/events/define.ts';
import type { OpenFeed } from '../platform/events/feed.ts';
import type { PassingEvents } from '../platform/events/passing.ts';
import type { EventLog } from '../platform/events/reader.ts';
import { Failure } from '../platform/failures.ts';
import { isUuid } from '../platform/ids.ts';
import type { Log } from '../platform/log.ts';
import type { Personal } from '../platform/personal.ts';
import { credentialsOf } from './credentials.ts';
import { cut, cutSoon, goodbyeMsMax } from './cut.ts';
import { fromAllowedOrigin, originsOf } from './origins.ts';
import { resume } from './resume.ts';
import { createRooms, type KnownProfiles, type Place, roomOfPerson } from './rooms.ts';
import { createTeller } from './tell.ts';
import { type Client, keepUp, recheck } from './watch.ts';

export interface SocketHubOptions {
  server: HttpServer;
  authenticator: Authenticator;
  events: Pick<EventLog, 'tail'>;
  openFeed: OpenFeed;
  passing: Pick<PassingEvents, 'tail'>;
  personal: Pick<Personal, 'hear'>;
  catalogue: () => readonly EventDefinition[];
  known: KnownProfiles;
  /** Web origins that may connect beside our own, separated by commas. */
  corsOrigins: string;
  log: Log;
  /** How long a connection may say nothing, where ten seconds are too long; for tests. */
  silentMsMax?: number;
}
export interface SocketHub {
  /** Sends everybody away; the HTTP server stays. */
  close(): Promise<void>;
}

type Ack = (answer: Record<string, unknown>) => void;

/** A connection that says nothing, also in answer to a ping, is cut after this. */
const silentMsMax = 9_500;
const pingEveryMs = 15_000;
/** A client outlives its session or key by this and the check itself: two seconds at most. */
const recheckMs = 1_000;
/** So few that a burst of large events never looks like a slow client. */
const tellAtOnce = 20;
const bytesInMax = 16_384;
const lookEveryMs = 10;
const roomsPerSocketMax = 1_000;
const forbidden = { success: false, error: 'Forbidden' };

/** The namespace `/ws` on the HTTP server; every other namespace is refused. */
export function createSocketHub(options: SocketHubOptions): SocketHub {
  const { authenticator, log } = options;
  const rooms = createRooms(options);
  const origins = originsOf(options.corsOrigins);
  const io = new Server(options.server, {
    serveClient: false,
    maxHttpBufferSize: bytesInMax,
    connectTimeout: 10_000,
    pingInterval: pingEveryMs,
    pingTimeout: silentMsMax,
    cors: origins.includes('*') ? { origin: '*' } : { origin: origins, credentials: true },
    allowRequest: (request, answer) => answer(null, fromAllowedOrigin(request, origins)),
  });
  io.engine.on('connection', (connection: Socket['conn']) => {
    const silent = setTimeout(() => cut(connection), options.silentMsMax ?? silentMsMax);
    // The first word of a client is what it wants to join.
    connection.once('packet', () => clearTimeout(silent));
    connection.once('close', () => clearTimeout(silent));
  });
  io.of('/').use((socket, next) => refuse(socket, next, new Failure('ROUTE_NOT_FOUND')));
  const namespace = io.of('/ws');

  // Before the client hears `connect`, so that what it asks for at once is answered for who it is.
  namespace.use((socket, next) => {
    const credentials = credentialsOf(socket);
    authenticator.authenticate(credentials).then(
      (actor) => {
        Object.assign(socket.data, { actor, credentials });
        next();
      },
      (error: unknown) => {
        if (!(error instanceof Failure)) log.error({ err: error }, 'A socket could not be authenticated');
        refuse(socket, next, error instanceof Failure ? error : new Failure('UNAVAILABLE'));
      },
    );
  });
  namespace.on('connection', (socket) => {
    const client = socket as unknown as Client;
    if (client.data.actor.kind === 'user') void client.join(roomOfPerson(client.data.actor.userId));
    const on = (name: string, deed: (request: unknown) => Promise<Record<string, unknown>>) =>
      socket.on(name, (request: unknown, ack: unknown) => {
        const answer = (typeof request === 'function' ? request : ack) as Ack | undefined;
        deed(request).then(
          (result) => typeof answer === 'function' && answer(result),
          (error: unknown) => {
            log.error({ err: error, request: name }, 'A request of a socket failed');
            if (typeof answer === 'function') answer({ success: false, error: 'Internal server error' });
          },
        );
      });
    on('join', (request) => join(client, request));
    on('subscribe:profile', (request) => join(client, request));
    on('unsubscribe:profile', (request) => leave(client, request));
  });

  async function join(socket: Client, request: unknown): Promise<Record<string, unknown>> {
    const { actor } = socket.data;
    const place = placeOf(actor, request);
    if (!place || socket.rooms.size >= roomsPerSocketMax) return forbidden;
    const allowed = await rooms.allowed(actor, place);
    // Who reads no profiles hears of single ones that are named, but not of the organisation.
    const isTooWide = 'organizationId' in place && !actor.permissions.has('profile:read');
    if (allowed.length === 0 || isTooWide) return forbidden;
    const after = cursorIn(request);
    if (after === undefined) {
      await socket.join(allowed);
      return success(place);
    }
    if (!Number.isSafeInteger(after) || after < 0)
      return { success: false, error: 'after must be a sequence' };
    for (const room of allowed) await socket.leave(room);
    const profileId = 'profileId' in place ? place.profileId : undefined;
    try {
      const cursor = await resume(socket, { ...options, teller }, { after, profileId, rooms: allowed });
      return { ...success(place), cursor };
    } catch (error) {
      if (error instanceof Failure) return { success: false, error: error.message, code: error.code };
      throw error;
    }
  }

  async function leave(socket: Client, request: unknown): Promise<Record<string, unknown>> {
    const place = placeOf(socket.data.actor, request);
    if (!place) return forbidden;
    for (const room of rooms.all(place)) await socket.leave(room);
    return success(place);
  }

  options.personal.hear(({ userId, name, payload }) => {
    const room = roomOfPerson(userId);
    if (namespace.adapter.rooms.has(room)) namespace.to(room).emit(name, payload);
  });
  const teller = createTeller({ namespace, catalogue: options.catalogue, log });
  const stopTail = options.events.tail('socket', async (events) => {
    for (let begin = 0; begin < events.length; begin += tellAtOnce) {
      await teller.tell(events.slice(begin, begin + tellAtOnce));
      await keepUp(namespace, log, teller.upTo);
    }
  });
  const stopPassing = options.passing.tail((event) => teller.tell([event]));
  let checking: Promise<void> | undefined;
  const sweep = setInterval(() => {
    checking ??= recheck(namespace, { authenticator, rooms, log }).finally(() => {
      checking = undefined;
    });
  }, recheckMs);

  return {
    async close() {
      clearInterval(sweep);
      stopPassing();
      await stopTail();
      await checking;
      namespace.disconnectSockets(true);
      await goodbyes(io);
      // Not io.close(): that would close the HTTP server, which is not ours.
      io.engine.close();
    },
  };
}

/** Who polls hears the good-bye in the answer to its next poll, which may be on its way. */
async function goodbyes(io: Server): Promise<void> {
  const giveUpAtMs = performance.now() + goodbyeMsMax;
  while (io.engine.clientsCount > 0 && performance.now() < giveUpAtMs) await pause(lookEveryMs);
}

/** The refusal reaches the client as `connect_error` with our code; then its connection ends. */
function refuse(socket: Socket, next: (error: Error) => void, failure: Failure): void {
  const { code, message, status: statusCode } = failure;
  next(Object.assign(new Error(message), { data: { code, message, statusCode } }));
  setImmediate(() => {
    socket.conn.close();
    cutSoon(socket.conn);
  });
}

/** What a client wants to join: `{profileId}`, or its organisation by `{organization: true}` or nothing. */
function placeOf(actor: Actor, request: unknown): Place | undefined {
  const { profileId } = (typeof request === 'object' && request !== null ? request : {}) as {
    profileId?: unknown;
  };
  if (profileId === undefined || profileId === null) return { organizationId: actor.organizationId };
  return typeof profileId === 'string' && isUuid(profileId)
    ? { profileId: profileId.toLowerCase() }
    : undefined;
}

/** Where a client goes on: the `sequence` it heard last. */
function cursorIn(request: unknown): number | undefined {
  const { after } = (typeof request === 'object' && request !== null ? request : {}) as { after?: unknown };
  return after === undefined || after === null ? undefined : typeof after === 'number' ? after : Number.NaN;
}

function success(place: Place): Record<string, unknown> {
  return 'profileId' in place
    ? { success: true, profileId: place.profileId }
    : { success: true, organization: true };
}
