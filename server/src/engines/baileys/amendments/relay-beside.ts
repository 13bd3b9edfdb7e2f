import { AsyncLocalStorage } from 'node:async_hooks';
import type { WASocket } from 'baileys';

/** Set while a message of ours is relayed, with what its bytes wait for: all other work stays as Baileys made it. */
const ownRelay = new AsyncLocalStorage<{ kept: Promise<void> | undefined }>();

/** Resolves when the message that is being relayed here may leave. */
export const mayLeave = async (): Promise<void> => ownRelay.getStore()?.kept;

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

/**
 * Relays one of our messages beside others. What is encrypted for it is given out when `kept` resolves: before that the
 * frame is not begun, so a message that is not kept leaves no gap in the frames.
 */
export function relayBeside(
  socket: WASocket,
  kept: Promise<void> | undefined,
  ...args: Parameters<WASocket['relayMessage']>
): Promise<string> {
  return ownRelay.run({ kept }, () => socket.relayMessage(...args)) as Promise<string>;
}
