import type { proto } from 'baileys';
import type { ChatId } from '../../../platform/chat-id.ts';
import { toChat } from '../ids.ts';

const mentionsMax = 1024;

/** What a message refers to, whichever its kind. */
export function contextOf(inner: proto.IMessage): proto.IContextInfo | undefined {
  for (const part of Object.values(inner)) {
    const info = (part as { contextInfo?: proto.IContextInfo | null } | null)?.contextInfo;
    if (info) return info;
  }
  return undefined;
}

/** What goes with a content of any kind: who is mentioned, that it was passed on, that it may be seen once. */
export function surroundings(outer: proto.IMessage, inner: proto.IMessage): Record<string, unknown> {
  const { mentionedJid, nonJidMentions, isForwarded, forwardingScore } = contextOf(inner) ?? {};
  const mentions = mentionsOf(mentionedJid ?? []);
  const score = forwardingScore ?? 0;
  return {
    ...(mentions.length > 0 && { mentions }),
    ...(nonJidMentions && { mentionsAll: true }),
    ...((isForwarded || score > 0) && { forwarded: true, forwardingScore: Math.max(score, 1) }),
    ...(isViewOnce(outer, inner) && { viewOnce: true }),
  };
}

function mentionsOf(jids: string[]): ChatId[] {
  const people = jids.slice(0, mentionsMax).map((jid) => toChat(jid));
  return [...new Set(people.filter((chat) => chat !== undefined))];
}

const wrappings = ['viewOnceMessage', 'viewOnceMessageV2', 'viewOnceMessageV2Extension'] as const;
const wrappersMax = 5;

/** The mark may be a wrapping, at any depth, or a field of the file itself. */
function isViewOnce(outer: proto.IMessage, inner: proto.IMessage): boolean {
  const { imageMessage, videoMessage, audioMessage } = inner;
  if (imageMessage?.viewOnce || videoMessage?.viewOnce || audioMessage?.viewOnce) return true;
  let message: proto.IMessage | null | undefined = outer;
  for (let depth = 0; message && depth < wrappersMax; depth += 1) {
    const current: proto.IMessage = message;
    if (wrappings.some((name) => current[name])) return true;
    message = (current.ephemeralMessage ?? current.documentWithCaptionMessage ?? current.editedMessage)
      ?.message;
  }
  return false;
}
