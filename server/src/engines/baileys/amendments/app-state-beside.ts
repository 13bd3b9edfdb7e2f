import { ALL_WA_PATCH_NAMES, type BinaryNode } from 'baileys';

/**
 * Changes: Baileys asks for no app state: its list of collections is empty, and notices of changed collections reach it
 * without them.
 *
 * Why: it stores how far it has read before it tells what it read, without when that was set, and drops chats that are
 * cleared and contacts that are removed; it takes a refused change for one that was made; and it fetches long states from one fixed
 * host, whole. We read and write app state beside it (`app-state/`).
 *
 * In: `baileys/lib/Types/Chat.js` (ALL_WA_PATCH_NAMES), `baileys/lib/Socket/chats.js` (resyncAppState, appPatch,
 * doAppStateSync), `baileys/lib/Socket/messages-recv.js` (handleNotification).
 */
(ALL_WA_PATCH_NAMES as unknown as string[]).length = 0;

/** The notice of changed collections as Baileys may see it; every other one as it is. */
export function withoutCollections(notice: BinaryNode): BinaryNode {
  return notice.attrs.type === 'server_sync' ? { ...notice, content: [] } : notice;
}
