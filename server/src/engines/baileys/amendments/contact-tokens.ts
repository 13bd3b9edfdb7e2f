import type { SignalKeyStore, WASocket } from 'baileys';

/**
 * Changes: a contact's token (`tctoken`) is written straight to the store.
 *
 * Why: Baileys stores it after the transaction it began in has committed, into a context that nobody commits any
 * more. The token is lost and asked for again with every message.
 *
 * In: `baileys/lib/Socket/messages-send.js` (relayMessage, issuePrivacyTokens), `baileys/lib/Utils/auth-utils.js`
 * (addTransactionCapability).
 */
export function storeTokensAtOnce({ authState }: WASocket, store: SignalKeyStore): void {
  const { keys } = authState;
  authState.keys = {
    ...keys,
    async set(data) {
      const { tctoken, ...rest } = data;
      if (tctoken) await store.set({ tctoken });
      if (Object.keys(rest).length > 0) await keys.set(rest);
    },
  };
}
