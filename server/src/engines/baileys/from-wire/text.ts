import type { proto } from 'baileys';
import { type Content, content } from './wire-message.ts';

/** Plain text, and text with a link's preview. */
export function text({ conversation, extendedTextMessage }: proto.IMessage): Content | undefined {
  if (extendedTextMessage) {
    const { text: body, matchedText, title, description } = extendedTextMessage;
    const preview = matchedText
      ? { url: matchedText, ...(title ? { title } : {}), ...(description ? { description } : {}) }
      : undefined;
    return { ...content('text', { preview }), text: body ?? '' };
  }
  return typeof conversation === 'string' && conversation !== ''
    ? { type: 'text', text: conversation }
    : undefined;
}
