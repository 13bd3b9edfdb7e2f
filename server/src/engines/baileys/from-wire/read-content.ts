import { normalizeMessageContent, type proto } from 'baileys';
import { deed, edited, expirationSet, revoked } from './change.ts';
import { contact } from './contact.ts';
import { contextOf, surroundings } from './context.ts';
import { location } from './location.ts';
import { audio, document, image, sticker, video } from './media.ts';
import { poll, pollVote } from './poll.ts';
import { reaction } from './reaction.ts';
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
  return kind ? { type: 'unknown', kind } : undefined;
}

function secretOf({ messageContextInfo }: proto.IMessage): string | undefined {
  const secret = messageContextInfo?.messageSecret;
  return secret?.length === 32 ? Buffer.from(secret).toString('base64') : undefined;
}

/** The message that this one answers. */
export function quotedIdOf(message: proto.IMessage): string | undefined {
  return contextOf(normalizeMessageContent(message) ?? message)?.stanzaId || undefined;
}
