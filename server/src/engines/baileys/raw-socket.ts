import { S_WHATSAPP_NET, type WASocket } from 'baileys';

type Sent = (error?: Error) => void;

/** What is used of the WebSocket underneath. */
export interface RawSocket {
  terminate(): void;
  send(bytes: Uint8Array, sent?: Sent): void;
  /** The TCP connection, once there is one. */
  _socket?: { bytesRead: number } | null;
}

/** The WebSocket underneath, which Baileys' type keeps private. */
export function rawSocket({ ws }: WASocket): RawSocket | null {
  return (ws as unknown as { socket: RawSocket | null }).socket;
}

/** Bytes received so far, those of an incomplete frame included. */
export const bytesRead = (socket: WASocket): number => rawSocket(socket)?._socket?.bytesRead ?? 0;

/** Pings the server; resolves when the ping has left. */
export function askForLife(socket: WASocket): Promise<void> {
  const attrs = { id: socket.generateMessageTag(), to: S_WHATSAPP_NET, type: 'get', xmlns: 'w:p' };
  return socket.sendNode({ tag: 'iq', attrs, content: [{ tag: 'ping', attrs: {} }] });
}

/** Ends the connection without a closing handshake. */
export function cut(socket: WASocket): void {
  rawSocket(socket)?.terminate();
}
