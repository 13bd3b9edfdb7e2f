import type { BinaryNode, WASocket } from 'baileys';
import { createTurns } from '../../../platform/concurrency/in-turn.ts';
import { takeOver } from '../take-over.ts';

/**
 * Changes: each message stanza waits until the one before it is handled, whether it waited at the network or comes live;
 * `first` is called with it when it is its turn.
 *
 * Why: Baileys looks up a sender's other address before it queues a message, so the first messages of a new contact
 * may be overtaken by later ones. What waited goes one by one behind receipts and notices that waited too, and every
 * live message overtakes it: a profile that comes back to a full mailbox then reads each chat from both ends. Keys are kept
 * for five turns of a conversation only, so what was overtaken for longer could be read no more.
 *
 * In: `baileys/lib/Socket/messages-recv.js` (handleMessage, messageMutex, processNode, which looks at `offline`),
 * `baileys/lib/Utils/offline-node-processor.js`.
 */
export function keepMessagesInOrder(socket: WASocket, first: (stanza: BinaryNode) => void): void {
  const event = 'CB:message';
  const handle = takeOver(socket, event);
  const { inTurn } = createTurns<WASocket>();
  socket.ws.on(event, (stanza: BinaryNode) => {
    const handled = inTurn(socket, () => {
      first(stanza);
      const { offline: _offline, ...attrs } = stanza.attrs;
      return handle({ ...stanza, attrs });
    });
    // The emitter ignores the promises of its listeners.
    handled.catch(() => undefined);
    return handled;
  });
}
