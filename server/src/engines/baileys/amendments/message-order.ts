import type { BinaryNode, WASocket } from 'baileys';
import { createTurns } from '../../../platform/concurrency/in-turn.ts';
import { takeOver } from '../take-over.ts';

/** What hears of each message stanza. */
export interface MessageTurns {
  /** It is there, and may have to wait. */
  arrived(stanza: BinaryNode): void;
  /** It is its turn, and Baileys handles it next. */
  begins(stanza: BinaryNode): void;
  /** Baileys has handled it, well or not. */
  ended(stanza: BinaryNode): void;
}

/**
 * Changes: each message stanza waits until the one before it is handled, whether it waited at the network or comes live.
 *
 * Why: Baileys looks up a sender's other address before it queues a message, so the first messages of a new contact
 * may be overtaken by later ones. What waited goes one by one behind receipts and notices that waited too, and every
 * live message overtakes it: a profile that comes back to a full mailbox then reads each chat from both ends. Keys are kept
 * for five turns of a conversation only, so what was overtaken for longer could be read no more.
 *
 * In: `baileys/lib/Socket/messages-recv.js` (handleMessage, messageMutex, processNode, which looks at `offline`),
 * `baileys/lib/Utils/offline-node-processor.js`.
 */
export function keepMessagesInOrder(socket: WASocket, on: MessageTurns): void {
  const event = 'CB:message';
  const handle = takeOver(socket, event);
  const { inTurn } = createTurns<WASocket>();
  socket.ws.on(event, (stanza: BinaryNode) => {
    on.arrived(stanza);
    const handled = inTurn(socket, () => {
      on.begins(stanza);
      const { offline: _offline, ...attrs } = stanza.attrs;
      return handle({ ...stanza, attrs });
    });
    const ended = () => on.ended(stanza);
    // The emitter ignores the promises of its listeners.
    handled.then(ended, ended);
    return handled;
  });
}
