import { proto } from 'baileys';
import type { OutgoingMessage } from '../../port.ts';
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
      ...contextOf(message, route),
    },
  };
}
