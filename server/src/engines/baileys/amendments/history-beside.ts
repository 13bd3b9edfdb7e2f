import { deflateSync } from 'node:zlib';
import { proto } from 'baileys';

const { INITIAL_BOOTSTRAP, PUSH_NAME, NON_BLOCKING_DATA } = proto.HistorySync.HistorySyncType;
const small: readonly number[] = [INITIAL_BOOTSTRAP, PUSH_NAME, NON_BLOCKING_DATA];
const bytesMax = 256 * 1024;

/**
 * Changes: Baileys is told of the past what it needs itself (tokens of contacts, and that the phone has begun to tell), and
 * nothing of what comes as a file or is long: an empty piece stands in its place.
 *
 * Why: it inflates and decodes each piece whole, in one go and in memory, and fetches files from one fixed host without
 * checking them. We read the past beside it (`history/`).
 *
 * In: `baileys/lib/Socket/chats.js` (upsertMessage asks whether to process a piece, and processes what it asked about).
 */
export function readNoLongHistory(notice: proto.Message.IHistorySyncNotification): boolean {
  const payload = notice.initialHistBootstrapInlinePayload;
  const isSmall = payload?.length && payload.length <= bytesMax && small.includes(notice.syncType ?? -1);
  if (isSmall || (!payload?.length && !notice.directPath)) return true;
  // The two enums number the same kinds of sync alike.
  const syncType = notice.syncType as number as proto.HistorySync.HistorySyncType;
  notice.initialHistBootstrapInlinePayload = deflateSync(proto.HistorySync.encode({ syncType }).finish());
  return true;
}
