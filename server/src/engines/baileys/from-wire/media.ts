import type { proto } from 'baileys';
import { type Content, content, toNumber } from './wire-message.ts';

/** Files are described, not fetched. */
interface WireFile {
  mimetype?: string | null;
  fileLength?: unknown;
  fileSha256?: Uint8Array | null;
}

function file(wire: WireFile): Record<string, unknown> {
  return {
    mimetype: wire.mimetype,
    bytes: toNumber(wire.fileLength),
    sha256: wire.fileSha256?.length ? Buffer.from(wire.fileSha256).toString('base64') : undefined,
  };
}

export function image({ imageMessage: wire }: proto.IMessage): Content | undefined {
  if (!wire) return undefined;
  const { caption, width, height } = wire;
  return content('image', { caption, ...file(wire), width, height });
}

export function video(message: proto.IMessage): Content | undefined {
  const wire = message.videoMessage ?? message.ptvMessage;
  if (!wire) return undefined;
  const { caption, width, height, seconds, gifPlayback } = wire;
  const shape = message.ptvMessage ? 'round' : gifPlayback ? 'gif' : undefined;
  return content('video', { caption, ...file(wire), width, height, seconds, shape });
}

/** A voice note is audio that plays at once; both carry a length. */
export function audio({ audioMessage: wire }: proto.IMessage): Content | undefined {
  if (!wire) return undefined;
  return content(wire.ptt ? 'voice' : 'audio', { ...file(wire), seconds: wire.seconds });
}

export function document({ documentMessage: wire }: proto.IMessage): Content | undefined {
  if (!wire) return undefined;
  const { caption, fileName: filename, pageCount: pages } = wire;
  return content('document', { caption, filename, ...file(wire), pages });
}

export function sticker({ stickerMessage: wire }: proto.IMessage): Content | undefined {
  if (!wire) return undefined;
  return content('sticker', { ...file(wire), animated: wire.isAnimated || undefined });
}
