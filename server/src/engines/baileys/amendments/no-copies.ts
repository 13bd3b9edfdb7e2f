import type { WASocket } from 'baileys';

/**
 * Changes: Baileys keeps no copies of the messages it sent or received.
 *
 * Why: what was sent is recalled from the database (`getMessage`); a copy in memory could differ from it.
 *
 * In: `baileys/lib/Utils/message-retry-manager.js` (addRecentMessage), called by `baileys/lib/Socket/messages-send.js`
 * and `baileys/lib/Socket/messages-recv.js`.
 */
export function keepNoCopies({ messageRetryManager }: WASocket): void {
  if (messageRetryManager) messageRetryManager.addRecentMessage = () => undefined;
}
