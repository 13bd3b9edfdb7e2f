import type { WASocket } from 'baileys';
import { rawSocket } from '../raw-socket.ts';

/** How long a closing handshake may take before the socket is cut. */
const closeMsMax = 500;

/**
 * Changes: a closing handshake that the server does not answer is cut after half a second.
 *
 * Why: while the server does not answer, the socket stays open for 30 s, and Baileys reports its end only after that.
 *
 * In: `baileys/lib/Socket/Client/websocket.js` (close).
 */
export function closeSoon(socket: WASocket): void {
  const { ws } = socket;
  const close = ws.close.bind(ws);
  ws.close = async () => {
    const raw = rawSocket(socket);
    const timer = setTimeout(() => raw?.terminate(), closeMsMax);
    await close();
    clearTimeout(timer);
  };
}
