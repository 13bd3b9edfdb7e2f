import type { proto } from 'baileys';
import type { Looks, OutgoingMessage } from '../../port.ts';
import type { Upload } from '../media/uploads.ts';
import { contextOf, type Route } from './context.ts';

/*
 * The kinds that are a file. Each is written with the upload its file has at the network, which stands in the route.
 */

export function image(message: OutgoingMessage<'image'>, route: Route): proto.IMessage {
  const imageMessage = { ...file(message, route), ...caption(message), ...looks(message) };
  return { imageMessage: { ...imageMessage, ...contextOf(message, route) } };
}

export function video(message: OutgoingMessage<'video'>, route: Route): proto.IMessage {
  const { seconds, shape } = message;
  const wire = {
    ...file(message, route),
    ...caption(message),
    ...looks(message),
    ...(seconds !== undefined && { seconds }),
    ...(shape === 'gif' && { gifPlayback: true }),
    ...contextOf(message, route),
  };
  return shape === 'round' ? { ptvMessage: wire } : { videoMessage: wire };
}

export function audio(message: OutgoingMessage<'audio'>, route: Route): proto.IMessage {
  const { seconds } = message;
  return {
    audioMessage: {
      ...file(message, route),
      ...(seconds !== undefined && { seconds }),
      ...contextOf(message, route),
    },
  };
}

export function voice(message: OutgoingMessage<'voice'>, route: Route): proto.IMessage {
  const { seconds, waveform, viewOnce } = message;
  return {
    audioMessage: {
      ...file(message, route),
      ptt: true,
      ...(seconds !== undefined && { seconds }),
      ...(waveform && { waveform: Buffer.from(waveform, 'base64') }),
      ...(viewOnce && { viewOnce }),
      ...contextOf(message, route),
    },
  };
}

/** Phones show words below a document only when it is wrapped for that. */
export function document(message: OutgoingMessage<'document'>, route: Route): proto.IMessage {
  const { filename: fileName, pages: pageCount } = message;
  const documentMessage = {
    ...file(message, route),
    ...{ fileName, title: fileName },
    ...(pageCount !== undefined && { pageCount }),
    ...caption(message),
    ...contextOf(message, route),
  };
  return message.caption
    ? { documentWithCaptionMessage: { message: { documentMessage } } }
    : { documentMessage };
}

export function sticker(message: OutgoingMessage<'sticker'>, route: Route): proto.IMessage {
  const { animated: isAnimated, width, height } = message;
  return {
    stickerMessage: {
      ...file(message, route),
      ...(isAnimated && { isAnimated }),
      ...(width && height && { width, height }),
      ...contextOf(message, route),
    },
  };
}

function file(message: { file: { mimetype: string } }, { upload }: Route): Upload & { mimetype: string } {
  if (!upload) throw new Error('a file is written before it is uploaded');
  return { ...upload, mimetype: message.file.mimetype };
}

function caption({ caption }: { caption?: string }) {
  return caption ? { caption } : {};
}

function looks({ width, height, viewOnce }: Looks) {
  return {
    ...(width && height && { width, height }),
    ...(viewOnce && { viewOnce }),
  };
}
