import { AsyncLocalStorage } from 'node:async_hooks';
import type { WASocket } from 'baileys';

/** Marks what we send ourselves, so that Baileys' own key transactions are told apart from ours. */
const sendingOurs = new AsyncLocalStorage<true>();

/**
 * Changes: messages sent with `relayBeside` are prepared and sent beside each other, outside Baileys' key transaction.
 *
 * Why: Baileys lets one message of a profile after the other through, each until its bytes have left, so one slow
 * look-up holds up all chats. Order is kept without that: our repository keeps each session in order, and the outbox
 * each chat.
 *
 * In: `baileys/lib/Socket/messages-send.js` (relayMessage), `baileys/lib/Utils/auth-utils.js`
 * (addTransactionCapability).
 */
export function allowRelayBeside({ authState }: WASocket): void {
  const { keys } = authState;
  authState.keys = {
    ...keys,
    transaction: (work, key) => (sendingOurs.getStore() ? work() : keys.transaction(work, key)),
  };
}

/** Relays one of our messages beside others. */
export function relayBeside(
  socket: WASocket,
  ...args: Parameters<WASocket['relayMessage']>
): Promise<string> {
  return sendingOurs.run(true, () => socket.relayMessage(...args)) as Promise<string>;
}
