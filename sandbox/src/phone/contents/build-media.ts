import type { proto } from 'baileys';
import type { AttachedFile } from '../../media/attachments.ts';
import type { CipherKind } from '../../media/cipher.ts';
import { sampleFor } from '../samples/sample.ts';
import { ContentRefused, type MediaKind, type NewMedia } from './new-message.ts';
import { viewOnce } from './surround.ts';

const VIEW_ONCE = new Set<MediaKind>(['image', 'video', 'voice']);
const WAVEFORM_STEPS = 64;
const WAVEFORM_MAX = 100;

const CIPHERS: Record<MediaKind, CipherKind> = {
  image: 'image',
  video: 'video',
  gif: 'video',
  ptv: 'video',
  voice: 'audio',
  audio: 'audio',
  document: 'document',
  sticker: 'sticker',
};

const MIMETYPES: Record<MediaKind, string> = {
  image: 'image/jpeg',
  video: 'video/mp4',
  gif: 'video/mp4',
  ptv: 'video/mp4',
  voice: 'audio/ogg; codecs=opus',
  audio: 'audio/mpeg',
  document: 'application/octet-stream',
  sticker: 'image/webp',
};

/** A file to encrypt and upload, and what its message says of it besides. */
interface MediaDraft {
  readonly data: Buffer;
  readonly cipher: CipherKind;
  readonly message: (file: AttachedFile) => proto.IMessage;
}

/**
 * What becomes of a file that a person sends: its bytes, a sample when there are none, and the message around it.
 * Throws a ContentRefused when the kind can't be view-once.
 */
export function draftMedia(body: NewMedia): MediaDraft {
  if (body.viewOnce && !VIEW_ONCE.has(body.type))
    throw new ContentRefused(400, 'VALIDATION_ERROR', `A message of type "${body.type}" can't be view-once.`);
  const given = body.data === undefined ? undefined : Buffer.from(body.data, 'base64');
  const sample = given ? { data: given, mimetype: MIMETYPES[body.type] } : sampleFor(body);
  const { data, ...known } = sample;
  const mimetype = body.mimetype ?? known.mimetype;
  return {
    data,
    cipher: CIPHERS[body.type],
    message: (file) => fieldFor({ ...known, ...body, mimetype }, file),
  };
}

/** The wrappers of a file message: a document with words, a file that may be looked at once. */
export function wrapMedia(body: NewMedia, message: proto.IMessage): proto.IMessage {
  if (body.viewOnce) return viewOnce(message);
  const isCaptioned = body.type === 'document' && body.caption !== undefined;
  return isCaptioned ? { documentWithCaptionMessage: { message } } : message;
}

function fieldFor(body: NewMedia & { mimetype: string }, file: AttachedFile): proto.IMessage {
  const { type, mimetype, seconds = 1 } = body;
  const common = { ...file, mimetype };
  const caption = body.caption === undefined ? {} : { caption: body.caption };
  const thumbnail = body.thumbnail ? { jpegThumbnail: Buffer.from(body.thumbnail, 'base64') } : {};
  const size = {
    ...(body.width !== undefined && { width: body.width }),
    ...(body.height !== undefined && { height: body.height }),
  };
  if (type === 'image') return { imageMessage: { ...common, ...size, ...caption, ...thumbnail } };
  if (type === 'sticker')
    return { stickerMessage: { ...common, ...size, isAnimated: body.animated ?? false } };
  if (type === 'document') {
    const fileName = body.fileName ?? 'document';
    const pages = body.pages === undefined ? {} : { pageCount: body.pages };
    return { documentMessage: { ...common, ...pages, ...caption, ...thumbnail, fileName, title: fileName } };
  }
  if (type === 'voice' || type === 'audio') {
    const waveform = type === 'voice' ? { waveform: waveformOf(body.waveform) } : {};
    return { audioMessage: { ...common, ...waveform, seconds, ptt: type === 'voice' } };
  }
  const video = { ...common, ...size, ...caption, ...thumbnail, seconds };
  if (type === 'ptv') return { ptvMessage: video };
  return { videoMessage: { ...video, gifPlayback: type === 'gif' } };
}

/** How loud a voice is over its time; a gentle curve when nothing is given. */
function waveformOf(given: number[] | undefined): Uint8Array {
  if (given) return Uint8Array.from(given);
  return Uint8Array.from({ length: WAVEFORM_STEPS }, (_, step) =>
    Math.round((WAVEFORM_MAX / 2) * (1 + Math.sin(step / 4))),
  );
}
