import { promisify } from 'node:util';
import { deflate } from 'node:zlib';
import { proto } from 'baileys';

const deflated = promisify(deflate);

/** The message that carries a piece of history inside itself. `about` names the request it answers. */
export async function historyNotification(
  sync: proto.IHistorySync & { syncType: proto.HistorySync.HistorySyncType },
  about: Partial<proto.Message.IHistorySyncNotification> = {},
): Promise<proto.Message.IProtocolMessage> {
  const payload = await deflated(proto.HistorySync.encode(sync).finish());
  const { chunkOrder = 1, progress = 100 } = sync;
  return {
    type: proto.Message.ProtocolMessage.Type.HISTORY_SYNC_NOTIFICATION,
    historySyncNotification: {
      // The two enums number the same kinds of sync alike.
      syncType: sync.syncType as number as proto.Message.HistorySyncType,
      chunkOrder,
      progress,
      initialHistBootstrapInlinePayload: payload,
      fileLength: payload.length,
      ...about,
    },
  };
}
