import type { proto, WAMessageKey } from 'baileys';
import type { IncomingFile } from '../../port.ts';
import { type FileAtNetwork, writeReference } from '../media/reference.ts';
import { toNumber } from './wire-message.ts';

interface WireFile {
  url?: string | null;
  directPath?: string | null;
  mediaKey?: Uint8Array | null;
  fileSha256?: Uint8Array | null;
  fileLength?: unknown;
  mimetype?: string | null;
}

/** The file that a message carries; undefined when it carries none, or does not say where it lies and how it opens. */
export function fileOf(inner: proto.IMessage, key: WAMessageKey): IncomingFile | undefined {
  const [type, wire] = wireFileOf(inner) ?? [];
  const directPath = wire && (wire.directPath || pathOf(wire.url));
  if (!type || !directPath || wire.mediaKey?.length !== 32) return undefined;
  const bytes = toNumber(wire.fileLength);
  const sha256 = wire.fileSha256?.length === 32 ? base64(wire.fileSha256) : undefined;
  const { id, remoteJid, participant, fromMe } = key;
  return {
    reference: writeReference({
      ...{ type, directPath, mediaKey: base64(wire.mediaKey), sha256 },
      key: {
        id: id ?? null,
        remoteJid: remoteJid ?? null,
        fromMe: fromMe === true,
        ...(participant && { participant }),
      },
    }),
    ...(bytes !== undefined && bytes > 0 && { bytes }),
    ...(wire.mimetype && { mimetype: wire.mimetype }),
  };
}

function wireFileOf(inner: proto.IMessage): [FileAtNetwork['type'], WireFile] | undefined {
  const { imageMessage, videoMessage, ptvMessage, audioMessage, documentMessage, stickerMessage } = inner;
  if (imageMessage) return ['image', imageMessage];
  if (videoMessage ?? ptvMessage) return ['video', videoMessage ?? ptvMessage ?? {}];
  if (audioMessage) return ['audio', audioMessage];
  if (documentMessage) return ['document', documentMessage];
  if (stickerMessage) return ['sticker', stickerMessage];
  return undefined;
}

/** Of the address only the path counts: the host is the network's, whatever its sender wrote. */
function pathOf(url: string | null | undefined): string | undefined {
  const parsed = url && URL.canParse(url) ? new URL(url) : undefined;
  return parsed && `${parsed.pathname}${parsed.search}`;
}

const base64 = (bytes: Uint8Array) => Buffer.from(bytes).toString('base64');
