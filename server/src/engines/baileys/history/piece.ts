import { proto, unpadRandomMax16 } from 'baileys';
import { toNumber } from '../from-wire/wire-message.ts';
import type { Self } from '../from-wire.ts';
import { isSameChat } from '../ids.ts';
import type { JournalEntry } from '../journal-entry.ts';

const { INITIAL_BOOTSTRAP, FULL, RECENT, PUSH_NAME, NON_BLOCKING_DATA, ON_DEMAND } =
  proto.HistorySync.HistorySyncType;
const told: readonly number[] = [INITIAL_BOOTSTRAP, FULL, RECENT, PUSH_NAME, NON_BLOCKING_DATA, ON_DEMAND];

/** A piece of the past, as the phone announces it: it is inside the announcement, or lies at the network. */
export interface Piece {
  /** Deflated; base64. */
  payload?: string;
  file?: { directPath: string; mediaKey: string; sha256?: string };
  /** Of all that the phone tells by itself; absent where a piece says nothing about that. */
  percent?: number;
  /** The question that it answers. */
  answers?: string;
}

const base64 = (bytes: Uint8Array) => Buffer.from(bytes).toString('base64');

/** The piece that a message between our own devices announces; undefined when it is about something else. */
export function pieceOf({ attrs, plaintext }: JournalEntry, self: Self): Piece | undefined {
  const isOwn = [self.id, self.lid].some((own) => isSameChat(attrs.from, own));
  if (attrs.category !== 'peer' || !isOwn || attrs.recipient) return undefined;
  const message = proto.Message.decode(unpadRandomMax16(plaintext));
  const notice = (message.deviceSentMessage?.message ?? message).protocolMessage?.historySyncNotification;
  if (!notice || !told.includes(notice.syncType ?? -1)) return undefined;
  const { initialHistBootstrapInlinePayload: payload, directPath, mediaKey, fileSha256 } = notice;
  const file = directPath &&
    mediaKey?.length && {
      ...{ directPath, mediaKey: base64(mediaKey) },
      ...(fileSha256?.length && { sha256: base64(fileSha256) }),
    };
  if (!payload?.length && !file) return undefined;
  const tellsPercent = notice.syncType === RECENT || notice.syncType === FULL;
  return {
    ...(payload?.length ? { payload: base64(payload) } : file ? { file } : {}),
    ...(tellsPercent && { percent: Math.min(100, Math.max(0, toNumber(notice.progress) ?? 0)) }),
    ...(notice.peerDataRequestSessionId && { answers: notice.peerDataRequestSessionId }),
  };
}
