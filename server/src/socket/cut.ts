import type { Socket } from 'socket.io';

type Connection = Socket['conn'];

/** A client that is there answers the good-bye of its connection within this time. */
export const goodbyeMsMax = 1_000;

/** Cuts a connection without a word: closing politely waits half a minute for one that says nothing. */
export function cut(connection: Connection): void {
  (connection.transport as unknown as { socket?: { terminate?(): void } }).socket?.terminate?.();
  connection.close(true);
}

/** Cuts a connection that is being closed, when nothing has answered that for a while. */
export function cutSoon(connection: Connection): void {
  setTimeout(() => cut(connection), goodbyeMsMax).unref();
}
