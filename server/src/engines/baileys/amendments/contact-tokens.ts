import type { SignalDataTypeMap, SignalKeyStore, WASocket } from 'baileys';

/** The name under which Baileys keeps the list of all contacts that have a token. */
const listName = '__index';

/**
 * Changes: a contact's token (`tctoken`) is written straight to the store, and the list of all that have one is neither
 * kept nor read.
 *
 * Why: Baileys stores the token after the transaction it began in has committed, into a context that nobody commits any
 * more, so that it is lost and asked for again with every message. The list is read and written whole with each new
 * contact, a megabyte after 30,000. It serves to remove tokens that are too old, which are not used anyhow.
 *
 * In: `baileys/lib/Socket/messages-send.js` (relayMessage, issuePrivacyTokens), `baileys/lib/Utils/tc-token-utils.js`
 * (readTcTokenIndex, buildMergedTcTokenIndexWrite), `baileys/lib/Utils/auth-utils.js` (addTransactionCapability).
 */
export function storeTokensAtOnce({ authState }: WASocket, store: SignalKeyStore): void {
  const { keys } = authState;
  authState.keys = {
    ...keys,
    async get<T extends keyof SignalDataTypeMap>(type: T, ids: string[]) {
      const isList = type === 'tctoken' && ids.length === 1 && ids[0] === listName;
      return isList ? {} : keys.get(type, ids);
    },
    async set({ tctoken: { [listName]: _, ...tctoken } = {}, ...rest }) {
      if (Object.keys(tctoken).length > 0) await store.set({ tctoken });
      if (Object.keys(rest).length > 0) await keys.set(rest);
    },
  };
}
