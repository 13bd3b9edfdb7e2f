import type { WASocket } from 'baileys';
import type { EngineKeyStore } from '../key-store.ts';
import { rawSocket } from '../raw-socket.ts';

/**
 * Changes: a frame waits until the keys and credentials under way are stored; those that wait share a commit.
 *
 * Why: a frame may have been made with these keys, and after a crash no ratchet counter may be used twice. The same
 * for credentials: Baileys confirms the pairing on the wire in the same tick in which it emits `creds.update`, and a
 * crash must leave a link that both sides know, or none.
 *
 * In: `baileys/lib/Socket/Client/websocket.js` (send), `baileys/lib/Socket/socket.js` (sendRawMessage, pair-success).
 */
export function storeBeforeSending(socket: WASocket, store: EngineKeyStore): void {
  const raw = rawSocket(socket);
  if (!raw) return;
  const send = raw.send.bind(raw);
  let last: Promise<void> | undefined;
  raw.send = (bytes, sent) => {
    const underWay = store.underWay();
    if (!last && !underWay) return send(bytes, sent);
    const frame = Promise.all([last, underWay]).then(
      () => send(bytes, sent),
      (error: unknown) => sent?.(error instanceof Error ? error : new Error(String(error))),
    );
    last = frame;
    void frame.finally(() => {
      if (last === frame) last = undefined;
    });
  };
}
