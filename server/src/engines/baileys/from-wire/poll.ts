import type { proto } from 'baileys';
import { type Content, content, momentOf, targetOf } from './wire-message.ts';

/** @param secret what votes are sealed with */
export function poll(message: proto.IMessage, secret: string | undefined): Content | undefined {
  const wire =
    message.pollCreationMessage ??
    message.pollCreationMessageV2 ??
    message.pollCreationMessageV3 ??
    message.pollCreationMessageV5;
  if (!wire) return undefined;
  const options = (wire.options ?? []).map((option) => option.optionName ?? '');
  return content('poll', {
    question: wire.name,
    options,
    choicesMax: wire.selectableOptionsCount || undefined,
    secret,
  });
}

/** Which options were chosen is sealed with a secret of the poll itself; see `sealed.ts`. */
export function pollVote({ pollUpdateMessage: wire }: proto.IMessage): Content | undefined {
  if (!wire) return undefined;
  const sentAt = momentOf(wire.senderTimestampMs);
  return content('poll-vote', { targetId: targetOf(wire.pollCreationMessageKey), sentAt });
}
