import type { BinaryNode, WASocket } from 'baileys';
import { createTurns } from '../../../platform/concurrency/in-turn.ts';
import { takeOver } from '../take-over.ts';

/**
 * Changes: each message stanza waits until the one before it is handled; `first` is called with it at once.
 *
 * Why: Baileys looks up a sender's other address before it queues a message, so the first messages of a new contact
 * may be overtaken by later ones.
 *
 * In: `baileys/lib/Socket/messages-recv.js` (handleMessage, messageMutex).
 */
export function keepMessagesInOrder(socket: WASocket, first: (stanza: BinaryNode) => void): void {
  const event = 'CB:message';
  const handle = takeOver(socket, event);
  const { inTurn } = createTurns<WASocket>();
  socket.ws.on(event, (stanza: BinaryNode) => {
    first(stanza);
    const handled = inTurn(socket, () => handle(stanza));
    // The emitter ignores the promises of its listeners.
    handled.catch(() => undefined);
    return handled;
  });
}
