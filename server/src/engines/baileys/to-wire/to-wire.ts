import { proto } from 'baileys';
import type { ChatId } from '../../../platform/chat-id.ts';
import type { Outgoing, OutgoingChange, OutgoingKind, OutgoingMessage } from '../../port.ts';
import { edited, kept, pinned, reaction, revoked } from './change.ts';
import { contact } from './contact.ts';
import type { Route } from './context.ts';
import { event } from './event.ts';
import { audio, document, image, sticker, video, voice } from './files.ts';
import { groupInvite } from './group-invite.ts';
import { location } from './location.ts';
import { poll } from './poll.ts';
import { text } from './text.ts';

type Writers = { [Kind in OutgoingKind]: (message: OutgoingMessage<Kind>, route: Route) => proto.IMessage };

const writers: Writers = {
  ...{ text, location, contact, poll, event, 'group-invite': groupInvite },
  ...{ image, video, audio, voice, document, sticker },
};

/**
 * What WhatsApp is to carry, as it encodes it. The same always gives the same content: a receiver that could not decrypt
 * it is sent it again, made anew from what was stored.
 */
export function toWire(outgoing: Outgoing, route: Route): proto.IMessage {
  const content = 'target' in outgoing ? changeToWire(outgoing, route) : messageToWire(outgoing, route);
  return proto.Message.create(content);
}

function messageToWire<Kind extends OutgoingKind>(
  message: OutgoingMessage<Kind>,
  route: Route,
): proto.IMessage {
  const write = writers[message.type] as (message: OutgoingMessage<Kind>, route: Route) => proto.IMessage;
  return write(message, route);
}

function changeToWire(change: OutgoingChange, route: Route): proto.IMessage {
  if (change.type === 'reaction') return reaction(change, route);
  if (change.type === 'revoked') return revoked(change, route);
  if (change.type === 'pinned') return pinned(change, route);
  if (change.type === 'kept') return kept(change, route);
  return edited(change, messageToWire(change.content, route), route);
}

/** Whom it names by address. */
export function peopleIn(outgoing: Outgoing): ChatId[] {
  if (!('target' in outgoing)) {
    const { mentions = [], quoted } = outgoing;
    return quoted && quoted.sender !== 'me' ? [...mentions, quoted.sender] : mentions;
  }
  const { sender } = outgoing.target;
  const inside = outgoing.type === 'edited' ? peopleIn(outgoing.content) : [];
  return sender === 'me' ? inside : [...inside, sender];
}
