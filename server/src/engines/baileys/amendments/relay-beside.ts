import { AsyncLocalStorage } from 'node:async_hooks';
import type { WASocket } from 'baileys';

/** Set while a message of ours is relayed: all other key transactions stay as Baileys made them. */
const ownRelay = new AsyncLocalStorage<true>();

/**
 * Changes: messages sent with `relayBeside` are prepared and sent beside each other, outside Baileys' key transaction.
 *
 * Why: Baileys relays the messages of a profile one after the other, each until its bytes have left, so one slow look-up
 * delays all chats. Order does not need that: our repository keeps the order of each session, and the outbox that of
 * each chat.
 *
 * In: `baileys/lib/Socket/messages-send.js` (relayMessage), `baileys/lib/Utils/auth-utils.js`
 * (addTransactionCapability).
 */
export function allowRelayBeside({ authState }: WASocket): void {
  const { keys } = authState;
  authState.keys = {
    ...keys,
    transaction: (work, key) => (ownRelay.getStore() ? work() : keys.transaction(work, key)),
  };
}

/** Relays one of our messages beside others. */
export function relayBeside(
  socket: WASocket,
  ...args: Parameters<WASocket['relayMessage']>
): Promise<string> {
  return ownRelay.run(true, () => socket.relayMessage(...args)) as Promise<string>;
}
