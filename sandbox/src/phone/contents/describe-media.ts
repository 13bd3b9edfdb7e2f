import type { proto } from 'baileys';
import { amount, base64, type Content, type Description, present } from './content.ts';

interface AnyFile {
  mimetype?: string | null;
  fileLength?: proto.Message.IImageMessage['fileLength'];
  fileSha256?: Uint8Array | null;
  caption?: string | null;
  jpegThumbnail?: Uint8Array | null;
}

function fileContent(file: AnyFile): Content {
  const { mimetype, fileLength, fileSha256, caption, jpegThumbnail } = file;
  const sha256 = fileSha256 && Buffer.from(fileSha256).toString('hex');
  const thumbnail = base64(jpegThumbnail);
  return present({ mimetype, size: amount(fileLength), sha256, caption, thumbnail });
}

/** A picture. */
export function image(message: proto.Message.IImageMessage): Description {
  const { width, height, caption } = message;
  return {
    type: 'image',
    text: caption ?? '',
    content: { ...fileContent(message), ...present({ width, height }) },
  };
}

/** A video, or one that plays silently in a loop. */
export function video(message: proto.Message.IVideoMessage): Description {
  const { width, height, seconds, caption, gifPlayback } = message;
  const content = { ...fileContent(message), ...present({ width, height, seconds }) };
  return { type: gifPlayback ? 'gif' : 'video', text: caption ?? '', content };
}

/** A round video. */
export function roundVideo(message: proto.Message.IVideoMessage): Description {
  return { ...video(message), type: 'ptv' };
}

/** Sound: spoken for this chat, or a file. */
export function audio(message: proto.Message.IAudioMessage): Description {
  const { seconds, ptt, waveform } = message;
  const content = { ...fileContent(message), ...present({ seconds, waveform: waveform && [...waveform] }) };
  return { type: ptt ? 'voice' : 'audio', text: '', content };
}

/** Any file. */
export function document(message: proto.Message.IDocumentMessage): Description {
  const { fileName, pageCount: pages, title, caption } = message;
  const content = { ...fileContent(message), ...present({ fileName: fileName || title, pages }) };
  return { type: 'document', text: caption || fileName || title || '', content };
}

/** A sticker. */
export function sticker(message: proto.Message.IStickerMessage): Description {
  const { width, height, isAnimated, pngThumbnail } = message;
  const details = present({
    width,
    height,
    animated: isAnimated || undefined,
    thumbnail: base64(pngThumbnail),
  });
  return { type: 'sticker', text: '', content: { ...fileContent(message), ...details } };
}

/** Pictures and videos that belong together; each is a message of its own that names this one. */
export function album(message: proto.Message.IAlbumMessage): Description {
  const [images, videos] = [message.expectedImageCount ?? 0, message.expectedVideoCount ?? 0];
  const counted = [count(images, 'picture'), count(videos, 'video')].filter(Boolean);
  return { type: 'album', text: counted.join(', '), content: { album: { images, videos } } };
}

function count(many: number, what: string): string {
  if (many === 0) return '';
  return `${many} ${what}${many === 1 ? '' : 's'}`;
}
