import { normalizeMessageContent, proto } from 'baileys';
import { album } from './album.ts';
import { deed, edited, expirationSet, revoked } from './change.ts';
import { choice, choices } from './choices.ts';
import { contact } from './contact.ts';
import { contextOf, surroundings } from './context.ts';
import { event } from './event.ts';
import { groupInvite } from './group-invite.ts';
import { location } from './location.ts';
import { audio, document, image, sticker, video } from './media.ts';
import { numberRequest } from './number-request.ts';
import { poll, pollVote } from './poll.ts';
import { reaction } from './reaction.ts';
import { order, product } from './shop.ts';
import { text } from './text.ts';
import type { Content, Read } from './wire-message.ts';

const kinds: Read[] = [
  text,
  image,
  video,
  audio,
  document,
  sticker,
  location,
  contact,
  reaction,
  poll,
  pollVote,
  event,
  groupInvite,
  choices,
  choice,
  product,
  order,
  album,
  numberRequest,
  revoked,
  expirationSet,
  (message) => edited(message, readContent),
  deed,
];

/** Fields that accompany a message without being one. */
const companions = new Set(['messageContextInfo', 'senderKeyDistributionMessage', 'protocolMessage']);

/**
 * A message's content in our own shape; a kind we have no shape for is `unknown` with its field's name.
 * Undefined when nothing in it is for a person: keys, history, settings between devices.
 */
export function readContent(message: proto.IMessage): Content | undefined {
  const inner = normalizeMessageContent(message) ?? message;
  const secret = secretOf(message) ?? secretOf(inner);
  for (const read of kinds) {
    const content = read(inner, secret);
    if (content) return { ...content, ...surroundings(message, inner) };
  }
  const kind = Object.entries(inner).find(([name, value]) => value && !companions.has(name))?.[0];
  return kind ? { type: 'unknown', kind, ...rawOf(inner) } : undefined;
}

const rawMax = 48 * 1024;

/** The whole of it, for the day on which its kind gets a shape. */
function rawOf(message: proto.IMessage): { raw?: string } {
  const bytes = proto.Message.encode(message).finish();
  return bytes.length <= rawMax ? { raw: Buffer.from(bytes).toString('base64') } : {};
}

function secretOf({ messageContextInfo }: proto.IMessage): string | undefined {
  const secret = messageContextInfo?.messageSecret;
  return secret?.length === 32 ? Buffer.from(secret).toString('base64') : undefined;
}

/** The message that this one answers. */
export function quotedIdOf(message: proto.IMessage): string | undefined {
  return contextOf(normalizeMessageContent(message) ?? message)?.stanzaId || undefined;
}
