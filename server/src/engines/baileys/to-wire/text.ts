import { proto } from 'baileys';
import type { OutgoingMessage, TextLook } from '../../port.ts';
import { contextOf, type Route, wordsFor } from './context.ts';

export function text(message: OutgoingMessage<'text'>, route: Route): proto.IMessage {
  const { url: matchedText, ...page } = message.preview ?? {};
  return {
    extendedTextMessage: {
      text: wordsFor(message.text, route),
      ...(matchedText && {
        matchedText,
        ...page,
        previewType: proto.Message.ExtendedTextMessage.PreviewType.NONE,
      }),
      ...(message.look && lookOf(message.look)),
      ...contextOf(message, route),
    },
  };
}

function lookOf({ background, color, font }: TextLook): proto.Message.IExtendedTextMessage {
  return {
    ...(background && { backgroundArgb: argbOf(background) }),
    ...(color && { textArgb: argbOf(color) }),
    ...(font !== undefined && { font }),
  };
}

/** Opaque, as phones write it. */
const argbOf = (color: string) => 0xff000000 + Number.parseInt(color.slice(1), 16);
