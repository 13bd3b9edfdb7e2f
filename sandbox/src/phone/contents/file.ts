import type { proto } from 'baileys';
import type { MediaKind } from './new-message.ts';
import { unwrap } from './unwrap.ts';

/** An encrypted file on the network, as a message names it. */
export interface StoredFile {
  readonly url: string;
  readonly directPath: string;
  readonly mediaKey: Uint8Array;
  readonly fileSha256: Uint8Array;
  readonly fileEncSha256: Uint8Array;
  readonly fileLength: number;
  /** Unix seconds. */
  readonly mediaKeyTimestamp: number;
}

/** Kinds of files that the network tells apart; each derives its keys in its own way. */
export type FileKind = 'image' | 'video' | 'audio' | 'document' | 'sticker';

const KINDS: Record<MediaKind, FileKind> = {
  image: 'image',
  video: 'video',
  gif: 'video',
  ptv: 'video',
  voice: 'audio',
  audio: 'audio',
  document: 'document',
  sticker: 'sticker',
};

/** The kind of file that a message of this kind carries. */
export const fileKind = (kind: MediaKind): FileKind => KINDS[kind];

/** The file of a message, to be fetched. */
export interface FileInMessage {
  readonly kind: FileKind;
  readonly directPath: string;
  readonly mediaKey: Uint8Array;
  readonly fileEncSha256: Uint8Array | undefined;
  readonly mimetype: string;
  readonly fileName: string | undefined;
  readonly viewOnce: boolean;
}

/** The file that a message carries; undefined when it has none, or none that could be fetched. */
export function fileIn(outer: proto.IMessage): FileInMessage | undefined {
  const { message, viewOnce } = unwrap(outer);
  const { imageMessage, videoMessage, ptvMessage, audioMessage, documentMessage, stickerMessage } = message;
  const candidates: [FileKind, proto.Message.IDocumentMessage | null | undefined][] = [
    ['image', imageMessage],
    ['video', videoMessage ?? ptvMessage],
    ['audio', audioMessage as proto.Message.IDocumentMessage | null | undefined],
    ['document', documentMessage],
    ['sticker', stickerMessage as proto.Message.IDocumentMessage | null | undefined],
  ];
  for (const [kind, file] of candidates) {
    if (!file?.mediaKey?.length || !file.directPath) continue;
    const { directPath, mediaKey, fileEncSha256, fileName } = file;
    return {
      ...{ kind, directPath, mediaKey, viewOnce },
      fileEncSha256: fileEncSha256 ?? undefined,
      mimetype: file.mimetype || 'application/octet-stream',
      fileName: fileName ?? undefined,
    };
  }
  return undefined;
}
