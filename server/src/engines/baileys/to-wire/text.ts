import type { proto } from 'baileys';
import type { OutgoingMessage } from '../../port.ts';
import { contextOf, type Route, wordsFor } from './context.ts';

export function text(message: OutgoingMessage<'text'>, route: Route): proto.IMessage {
  return { extendedTextMessage: { text: wordsFor(message.text, route), ...contextOf(message, route) } };
}
