import type { proto } from 'baileys';
import { type Content, content } from './wire-message.ts';

/** Plain text, and text with a link's preview. */
export function text({ conversation, extendedTextMessage }: proto.IMessage): Content | undefined {
  if (extendedTextMessage) {
    const { text: body, matchedText, title, description } = extendedTextMessage;
    const { backgroundArgb, textArgb, font } = extendedTextMessage;
    const preview = matchedText
      ? { url: matchedText, ...(title ? { title } : {}), ...(description ? { description } : {}) }
      : undefined;
    return { ...content('text', { preview, ...lookOf(backgroundArgb, textArgb, font) }), text: body ?? '' };
  }
  return typeof conversation === 'string' && conversation !== ''
    ? { type: 'text', text: conversation }
    : undefined;
}

/** Of a status update; texts in chats have no colours. */
function lookOf(background: unknown, color: unknown, font: unknown): Record<string, unknown> {
  if (!background) return {};
  return { background: rgbOf(background), color: rgbOf(color), font: font || undefined };
}

const rgbOf = (argb: unknown) =>
  typeof argb === 'number' && argb ? `#${(argb % 0x1000000).toString(16).padStart(6, '0')}` : undefined;
