import { type BinaryNode, getBinaryNodeChild, getBinaryNodeChildren } from 'baileys';
import type { Receipt, ReceiptStatus } from '../port.ts';
import type { Self } from './from-wire.ts';
import { isSameChat, toChat, toMessageId } from './ids.ts';

/** A receipt without a type says that the message reached a device. */
const statuses = new Map<string, ReceiptStatus>([
  ['', 'delivered'],
  ['inactive', 'delivered'],
  ['delivery', 'delivered'],
  ['read', 'read'],
  ['played', 'played'],
]);

/** The receipt of messages we sent; undefined when the stanza is bookkeeping or comes from our own devices. */
export function toReceipt({ attrs, content }: BinaryNode, self: Self): Receipt | undefined {
  const status = statuses.get(attrs.type ?? '');
  const chat = toChat(attrs.from);
  const author = attrs.participant ?? attrs.from;
  if (!status || !chat || !attrs.id || attrs.recipient) return undefined;
  if (isSameChat(author, self.id) || isSameChat(author, self.lid)) return undefined;
  const by = toChat(author);
  const list = Array.isArray(content)
    ? getBinaryNodeChild({ tag: '', attrs: {}, content }, 'list')
    : undefined;
  const others = getBinaryNodeChildren(list, 'item').map((item) => item.attrs.id);
  const ids = [attrs.id, ...others].filter((id) => id !== undefined).map(toMessageId);
  return { chat, ids, status, ...(by ? { by } : {}), at: new Date(Number(attrs.t ?? 0) * 1000) };
}
