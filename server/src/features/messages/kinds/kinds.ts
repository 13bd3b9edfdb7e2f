import { album } from './album.ts';
import { audio } from './audio.ts';
import { call } from './call.ts';
import { choice } from './choice.ts';
import { choices } from './choices.ts';
import { contact } from './contact.ts';
import { document } from './document.ts';
import { event } from './event.ts';
import { groupChange } from './group-change.ts';
import { groupInvite } from './group-invite.ts';
import { image } from './image.ts';
import type { Content, MessageKind, Sending } from './kind.ts';
import { location } from './location.ts';
import { numberRequest } from './number-request.ts';
import { order } from './order.ts';
import { poll } from './poll.ts';
import { product } from './product.ts';
import { sticker } from './sticker.ts';
import { text } from './text.ts';
import { undecrypted } from './undecrypted.ts';
import { unknown } from './unknown.ts';
import { unsupported } from './unsupported.ts';
import { video } from './video.ts';
import { voice } from './voice.ts';

/** Every kind of message there is. */
export const kinds: readonly MessageKind[] = [
  text,
  image,
  video,
  audio,
  voice,
  document,
  sticker,
  location,
  contact,
  poll,
  event,
  groupInvite,
  choices,
  choice,
  product,
  order,
  album,
  numberRequest,
  call,
  groupChange,
  undecrypted,
  unsupported,
  unknown,
];

/** The `type` of every kind. */
export const kindNames = kinds.map(({ type }) => type);

const byType = new Map(kinds.map((kind) => [kind.type, kind]));

/** Undefined for a type that only a newer server knows. */
export function kindOf(type: string): MessageKind | undefined {
  return byType.get(type);
}

/** One line of what a message says; empty when it has no words. */
export function previewOf(type: string, content: Content): string {
  return kindOf(type)?.preview(content) ?? '';
}

/** What a message is found by: the texts of its fields, as they were written. */
export function wordsOf(type: string, content: Content): string[] {
  const kind = kindOf(type);
  const words = kind?.words ? kind.words(content) : [previewOf(type, content)];
  return words.filter((text): text is string => typeof text === 'string' && text !== '');
}

/** A kind that can be sent. */
export type SendableKind = MessageKind & { readonly sending: Sending };

export const sendableKinds = kinds.filter((kind): kind is SendableKind => kind.sending !== undefined);

/** @throws Error for a kind that can't be sent: callers have checked it */
export function sendableKind(type: string): SendableKind {
  const found = sendableKinds.find((kind) => kind.type === type);
  if (!found) throw new Error(`Messages of the kind ${type} can't be sent.`);
  return found;
}
