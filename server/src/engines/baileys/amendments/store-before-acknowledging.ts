import type { BinaryNode, WASocket } from 'baileys';
import { type Handle, takeOver } from '../take-over.ts';

/**
 * Changes: `store` runs before Baileys' handler of a receipt, a notification or a call, and when it fails, instead of it.
 *
 * Why: Baileys acknowledges these when its handler ends, and then the network forgets them. It may do so only when
 * what they say is stored.
 *
 * In: `baileys/lib/Socket/messages-recv.js` (handleReceipt, handleNotification, handleCall).
 */
export function storeBeforeAcknowledging(
  socket: WASocket,
  event: 'CB:receipt' | 'CB:notification' | 'CB:call',
  store: Handle,
  /** What Baileys is to see of it. */
  shown: (stanza: BinaryNode) => BinaryNode = (stanza) => stanza,
): void {
  const handle = takeOver(socket, event);
  socket.ws.on(event, async (stanza: BinaryNode) => {
    await store(stanza);
    await handle(shown(stanza));
  });
}
