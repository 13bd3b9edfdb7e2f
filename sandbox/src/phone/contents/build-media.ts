import type { proto } from 'baileys';
import type { StoredFile } from './file.ts';
import type { NewMedia } from './new-message.ts';

const WAVEFORM_POINTS = 64;

/** The message that carries a file; `body` has been completed with what is known of the file. */
export function buildMedia(body: NewMedia & { mimetype: string }, stored: StoredFile): proto.IMessage {
  const { mimetype, caption, fileName, seconds, width, height, animated, pages, thumbnail } = body;
  const file = { ...stored, mimetype };
  const jpegThumbnail = thumbnail === undefined ? {} : { jpegThumbnail: Buffer.from(thumbnail, 'base64') };
  const size = { ...(width !== undefined && { width }), ...(height !== undefined && { height }) };
  const captioned = { ...file, ...(caption !== undefined && { caption }), ...jpegThumbnail };
  const duration = seconds === undefined ? {} : { seconds: Math.round(seconds) };
  switch (body.type) {
    case 'image':
      return { imageMessage: { ...captioned, ...size } };
    case 'video':
    case 'gif':
    case 'ptv': {
      const video = { ...captioned, ...size, ...duration, ...(body.type === 'gif' && { gifPlayback: true }) };
      return body.type === 'ptv' ? { ptvMessage: video } : { videoMessage: video };
    }
    case 'voice':
      return { audioMessage: { ...file, ...duration, ptt: true, waveform: waveform(body) } };
    case 'audio':
      return { audioMessage: { ...file, ...duration, ptt: false } };
    case 'sticker':
      return { stickerMessage: { ...file, ...size, isAnimated: animated ?? false } };
    case 'document': {
      const named = {
        ...captioned,
        fileName: fileName ?? 'file',
        ...(pages !== undefined && { pageCount: pages }),
      };
      if (caption === undefined) return { documentMessage: named };
      return { documentWithCaptionMessage: { message: { documentMessage: named } } };
    }
  }
}

/** As given, or a swell and a fall. */
function waveform({ waveform: given }: NewMedia): Uint8Array {
  if (given) return Uint8Array.from(given);
  return Uint8Array.from({ length: WAVEFORM_POINTS }, (_, at) =>
    Math.round(50 + 50 * Math.sin((at / WAVEFORM_POINTS) * 2 * Math.PI)),
  );
}
