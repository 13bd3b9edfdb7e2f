import type { EngineMessageId, IncomingMessage, OutgoingChange, Target } from '../../../engines/port.ts';
import { phoneChat, storedChat } from '../../../platform/chat-id.ts';
import type { Content } from '../kinds/kind.ts';
import { kindOf } from '../kinds/kinds.ts';
import type { Deed } from './deeds.store.ts';

/** What the network is told; the same deed always gives the same. Undefined for what can't be any more. */
export function outgoingChange(deed: Deed): OutgoingChange | undefined {
  const { at } = deed;
  const target = targetOf(deed);
  if (!target || (deed.target_revoked_at && deed.kind !== 'revoked')) return undefined;
  if (deed.kind === 'reaction')
    return { type: 'reaction', emoji: String(deed.content.emoji ?? ''), target, at };
  if (deed.kind === 'revoked') return { type: 'revoked', target, at };
  if (deed.kind === 'pinned') return { type: 'pinned', seconds: Number(deed.content.seconds), target, at };
  if (deed.kind === 'kept') return { type: 'kept', kept: deed.content.kept === true, target, at };
  const edited = afterEdit(deed.target_type, deed.target_content, deed.content);
  const sending = kindOf(deed.target_type)?.sending;
  if (!edited || !sending) return undefined;
  const mentions = (deed.content.mentions ?? []) as string[];
  const content = {
    ...sending.outgoing(edited),
    ...(mentions.length > 0 && { mentions: mentions.map(storedChat) }),
  };
  return { type: 'edited', content, target, at };
}

/** What a message of ours says once its words are replaced; undefined when its kind has none that can be. */
export function afterEdit(type: string, original: Content, words: Content): Content | undefined {
  const kind = kindOf(type);
  return kind?.sending && kind.edited?.(original, { type: 'text', ...words });
}

function targetOf(deed: Deed): Target | undefined {
  const id = deed.target_id as EngineMessageId;
  if (deed.target_direction === 'outgoing') return { id, sender: 'me' };
  return deed.target_sender ? { id, sender: storedChat(deed.target_sender) } : undefined;
}

/** The same as if it had come from another device of the person, as what is done there comes. */
export function asArrived(deed: Deed): IncomingMessage {
  const { kind, content, at: sentAt } = deed;
  const targetId = deed.target_id;
  const said = kind === 'edited' ? { content: { type: 'text', ...content } } : content;
  return {
    id: deed.wa_message_id as EngineMessageId,
    chat: storedChat(deed.chat),
    sender: deed.own_phone ? { phone: phoneChat(deed.own_phone) } : {},
    fromMe: true,
    timestamp: sentAt,
    content: { type: kind, targetId, sentAt, ...said },
    late: false,
  };
}
