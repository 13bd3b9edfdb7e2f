import { type BinaryNode, getBinaryNodeChild, getBinaryNodeChildren } from 'baileys';
import type { EngineMessageId, Receipt, ReceiptStatus } from '../port.ts';
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
  if (attrs.type === 'read-self') return readElsewhere({ attrs, content } as BinaryNode, self);
  const status = statuses.get(attrs.type ?? '');
  const chat = toChat(attrs.from);
  const author = attrs.participant ?? attrs.from;
  if (!status || !chat || !attrs.id || attrs.recipient) return undefined;
  if (isSameChat(author, self.id) || isSameChat(author, self.lid)) return undefined;
  const by = toChat(author);
  const ids = idsOf(attrs.id, content);
  return { chat, ids, status, ...(by ? { by } : {}), at: momentOf(attrs) };
}

/** Another device of ours read messages: in a direct chat the stanza comes from us, and `recipient` is the other side. */
function readElsewhere({ attrs, content }: BinaryNode, self: Self): Receipt | undefined {
  const isOurs = (jid: string | undefined) => isSameChat(jid, self.id) || isSameChat(jid, self.lid);
  const chat = toChat(isOurs(attrs.from) ? attrs.recipient : attrs.from);
  if (!chat || !attrs.id || !isOurs(attrs.participant ?? attrs.from)) return undefined;
  return { chat, ids: idsOf(attrs.id, content), status: 'read', own: true, at: momentOf(attrs) };
}

const momentOf = (attrs: BinaryNode['attrs']) => new Date(Number(attrs.t ?? 0) * 1000);

function idsOf(first: string, content: BinaryNode['content']): EngineMessageId[] {
  const list = Array.isArray(content)
    ? getBinaryNodeChild({ tag: '', attrs: {}, content }, 'list')
    : undefined;
  const others = getBinaryNodeChildren(list, 'item').map((item) => item.attrs.id);
  return [first, ...others].filter((id) => id !== undefined).map(toMessageId);
}
