import { proto } from 'baileys';
import { type Part, partOf, unwrap } from './unwrap.ts';

/** What a message is after an edit: of a file only the caption changes, everything else is replaced. */
export function edited(original: proto.IMessage, change: proto.IMessage): proto.IMessage {
  const whole = proto.Message.decode(proto.Message.encode(original).finish());
  const { message } = unwrap(whole);
  const before = partOf(message);
  const after = partOf(unwrap(change).message);
  if (!before || !after) return whole;
  const text = textOf(after.value);
  if (typeof before.value === 'object' && before.field === after.field) {
    Object.assign(before.value as object, said(after.value));
  } else if (text !== undefined && isCaptioned(before)) {
    (before.value as { caption?: string }).caption = text;
  } else {
    delete message[before.field];
    Object.assign(message, replacement(before, after, text));
  }
  return whole;
}

/** A plain text keeps what the text before it referred to. */
function replacement(before: Part, after: Part, text: string | undefined): proto.IMessage {
  const { contextInfo } = before.value as { contextInfo?: proto.IContextInfo };
  if (after.field === 'conversation' && text !== undefined && contextInfo)
    return { extendedTextMessage: { text, contextInfo } };
  return { [after.field]: after.value };
}

const CAPTIONED = new Set<string>(['imageMessage', 'videoMessage', 'documentMessage']);

function isCaptioned({ field }: { field: string }): boolean {
  return CAPTIONED.has(field);
}

/** The text of a text message. */
function textOf(value: unknown): string | undefined {
  if (typeof value === 'string') return value;
  const { text } = (value ?? {}) as { text?: string | null };
  return text ?? undefined;
}

/** The fields an edit names; an edit without context leaves the old one. */
function said(value: unknown): object {
  return Object.fromEntries(
    Object.entries(value as object).filter(([, each]) => each !== null && each !== undefined),
  );
}
