import { normalizeMessageContent, proto } from 'baileys';
import { album } from './album.ts';
import { edited, eventResponse, expirationSet, kept, pinned, revoked, sealedChange } from './change.ts';
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
  eventResponse,
  kept,
  sealedChange,
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
  for (const read of [...kinds, (one: proto.IMessage) => pinned(one, message)]) {
    const content = read(inner, secret);
    if (content) return { ...content, ...keptSecret(content, secret), ...surroundings(message, inner) };
  }
  const kind = Object.entries(inner).find(([name, value]) => value && !companions.has(name))?.[0];
  return kind ? { type: 'unknown', kind, ...rawOf(inner) } : undefined;
}

/** Edits and reactions of others may be sealed with it, whatever the kind; what names another message is none. */
function keptSecret(content: Content, secret: string | undefined): { secret?: string } {
  return secret && !('targetId' in content) ? { secret } : {};
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
