import { proto } from 'baileys';
import type { OutgoingKind, OutgoingMessage } from '../../port.ts';
import { contact } from './contact.ts';
import type { Route } from './context.ts';
import { audio, document, image, sticker, video, voice } from './files.ts';
import { location } from './location.ts';
import { poll } from './poll.ts';
import { text } from './text.ts';

type Writers = { [Kind in OutgoingKind]: (message: OutgoingMessage<Kind>, route: Route) => proto.IMessage };

const writers: Writers = {
  ...{ text, location, contact, poll },
  ...{ image, video, audio, voice, document, sticker },
};

/**
 * A message as WhatsApp encodes it. The same message always gives the same content: a receiver that could not
 * decrypt it is sent it again, made anew from what was stored.
 */
export function toWire<Kind extends OutgoingKind>(
  message: OutgoingMessage<Kind>,
  route: Route,
): proto.IMessage {
  const write = writers[message.type] as (message: OutgoingMessage<Kind>, route: Route) => proto.IMessage;
  return proto.Message.create(write(message, route));
}
