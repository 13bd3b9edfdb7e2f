import type { BinaryNode, WASocket } from 'baileys';
import { createTurns } from '../../../platform/concurrency/in-turn.ts';
import { takeOver } from '../take-over.ts';

/**
 * Changes: each message stanza waits until the one before it is done with; `first` sees it at once.
 *
 * Why: Baileys looks up a sender's other address before it lines a message up, so the first words of a new contact
 * may be overtaken by the next ones.
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
    // The socket takes no notice of what its listeners answer.
    handled.catch(() => undefined);
    return handled;
  });
}
