import { setTimeout as pause } from 'node:timers/promises';
import type { Namespace, Socket } from 'socket.io';
import type { Actor, Authenticator } from '../platform/actor.ts';
import { Failure } from '../platform/failures.ts';
import type { Log } from '../platform/log.ts';
import type { Credentials } from './credentials.ts';
import { cut, cutSoon } from './cut.ts';
import { isOfPerson, type Rooms } from './rooms.ts';

/** What the hub keeps with each socket. */
export interface SocketData {
  actor: Actor;
  credentials: Credentials;
  /** It left its rooms because too much waits for it. */
  isBehind?: boolean;
}
export type Client = Socket<never, never, never, SocketData>;

/** Packets and characters that may wait for a client, and how long it has to fall below that again. */
const packetsMax = 2_000;
const charactersMax = 4_000_000;
const graceMs = 100;
/** Who takes nothing of what waits for so long is cut. */
const stalledMsMax = 3_000;
const lookEveryMs = 50;
const atOnce = 8;

/**
 * Asks for every credential in use once more, however many sockets share it: who is signed out is shown out
 * with the reason, who lost a permission leaves its rooms. An outage of the database ends nobody's connection.
 */
export async function recheck(
  namespace: Namespace,
  { authenticator, rooms, log }: { authenticator: Authenticator; rooms: Rooms; log: Log },
): Promise<void> {
  const byCredentials = Map.groupBy(namespace.sockets.values() as Iterable<Client>, ({ data }) =>
    JSON.stringify(data.credentials),
  );
  const groups = [...byCredentials.values()];
  const worker = async () => {
    for (let sockets = groups.pop(); sockets; sockets = groups.pop()) {
      const [first] = sockets;
      if (!first) continue;
      try {
        const actor = await authenticator.authenticate(first.data.credentials, { fresh: true });
        await renew(sockets, actor, rooms);
      } catch (error) {
        if (error instanceof Failure && error.status < 500)
          for (const socket of sockets) showOut(socket, error);
        else log.warn({ err: error }, 'Credentials of sockets could not be checked; they stay for now');
      }
    }
  };
  await Promise.all(Array.from({ length: atOnce }, worker));
}

/** One look for all rooms that sockets of the same caller are in. */
async function renew(sockets: readonly Client[], actor: Actor, rooms: Rooms): Promise<void> {
  for (const socket of sockets) socket.data.actor = actor;
  const joined = [...new Set(sockets.flatMap((socket) => [...socket.rooms]))];
  const may = new Set(await rooms.remaining(actor, joined));
  for (const socket of sockets) {
    const lost = joined.filter((room) => room !== socket.id && socket.rooms.has(room) && !may.has(room));
    for (const room of lost) await socket.leave(room);
  }
}

function showOut(socket: Client, failure: Failure): void {
  (socket as Socket).emit('session:ended', { code: failure.code, message: failure.message });
  socket.disconnect(true);
  cutSoon(socket.conn);
}

/**
 * Waits a moment for clients whose unread packets pile up. Those that do not catch up leave their rooms; when they have
 * taken what waits, they are told up to where that was, and come back to join again behind it. Who takes nothing is cut.
 */
export async function keepUp(namespace: Namespace, log: Log, upTo: () => number): Promise<void> {
  const until = performance.now() + graceMs;
  while (performance.now() < until) {
    if (behind(namespace).length === 0) return;
    await pause(2);
  }
  for (const socket of behind(namespace)) {
    for (const room of socket.rooms) if (room !== socket.id && !isOfPerson(room)) void socket.leave(room);
    if (!socket.data.isBehind) void catchUp(socket, upTo(), log);
  }
}

async function catchUp(socket: Client, cursor: number, log: Log): Promise<void> {
  socket.data.isBehind = true;
  let [least, since] = [waitingOf(socket.conn).packets, performance.now()];
  while (socket.connected && waitingOf(socket.conn).packets > 0) {
    await pause(lookEveryMs);
    const { packets } = waitingOf(socket.conn);
    if (packets < least) [least, since] = [packets, performance.now()];
    if (performance.now() - since < stalledMsMax) continue;
    log.warn({ socket: socket.id }, 'A socket that reads nothing was dropped');
    // Closing politely would wait for what is unread to be read, so the connection itself is cut.
    cut(socket.conn);
    socket.disconnect(true);
  }
  socket.data.isBehind = false;
  if (!socket.connected) return;
  const message = 'You fell behind: come back and join again with this cursor as `after`.';
  (socket as Socket).emit('session:behind', { cursor, message });
  // It ends the connection and nothing else, so that clients come back by themselves, as from any that broke.
  socket.conn.close();
}

function behind(namespace: Namespace): Client[] {
  return ([...namespace.sockets.values()] as unknown as Client[]).filter(
    (socket) => !socket.data.isBehind && isBehind(socket.conn),
  );
}

/** Whether more waits for a client than a burst would leave. */
export function isBehind(connection: Socket['conn']): boolean {
  const { packets, characters } = waitingOf(connection);
  return packets > packetsMax || characters > charactersMax;
}

function waitingOf(connection: Socket['conn']): { packets: number; characters: number } {
  const { writeBuffer } = connection as unknown as { writeBuffer: readonly { data?: unknown }[] };
  let characters = 0;
  for (const { data } of writeBuffer) if (typeof data === 'string') characters += data.length;
  return { packets: writeBuffer.length, characters };
}
