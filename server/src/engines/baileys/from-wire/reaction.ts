import type { proto } from 'baileys';
import { type Content, momentOf, targetOf } from './wire-message.ts';

/** An empty emoji takes the reaction back. */
export function reaction({ reactionMessage: wire }: proto.IMessage): Content | undefined {
  if (!wire) return undefined;
  const sentAt = momentOf(wire.senderTimestampMs);
  return {
    type: 'reaction',
    emoji: wire.text ?? '',
    targetId: targetOf(wire.key),
    ...(sentAt && { sentAt }),
  };
}
