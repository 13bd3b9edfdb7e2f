import { proto } from 'baileys';
import { partOf, unwrap } from './unwrap.ts';

/** What a message is after an edit: of a file only the caption changes, everything else is replaced. */
export function edited(original: proto.IMessage, change: proto.IMessage): proto.IMessage {
  const whole = proto.Message.decode(proto.Message.encode(original).finish());
  const { message } = unwrap(whole);
  const before = partOf(message);
  const after = partOf(unwrap(change).message);
  if (!before || !after) return whole;
  if (typeof before.value === 'object' && before.field === after.field) {
    Object.assign(before.value as object, said(after.value));
    return whole;
  }
  const text = textOf(after.value);
  if (text !== undefined && isCaptioned(before)) {
    (before.value as { caption?: string }).caption = text;
    return whole;
  }
  delete message[before.field];
  const context = (before.value as { contextInfo?: proto.IContextInfo }).contextInfo;
  if (typeof after.value === 'string' && context)
    return (
      Object.assign(message, { extendedTextMessage: { text: after.value, contextInfo: context } }) && whole
    );
  Object.assign(message, { [after.field]: after.value });
  return whole;
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
