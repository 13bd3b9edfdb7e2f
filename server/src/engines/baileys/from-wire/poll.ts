import type { proto } from 'baileys';
import { type Content, content, momentOf, targetOf } from './wire-message.ts';

export function poll(message: proto.IMessage): Content | undefined {
  const wire = message.pollCreationMessage ?? message.pollCreationMessageV2 ?? message.pollCreationMessageV3;
  if (!wire) return undefined;
  const options = (wire.options ?? []).map((option) => option.optionName ?? '');
  return content('poll', {
    question: wire.name,
    options,
    choicesMax: wire.selectableOptionsCount || undefined,
  });
}

/** Which options were chosen is encrypted with a secret of the poll itself; here it only names the poll. */
export function pollVote({ pollUpdateMessage: wire }: proto.IMessage): Content | undefined {
  if (!wire) return undefined;
  const sentAt = momentOf(wire.senderTimestampMs);
  return content('poll-vote', { targetId: targetOf(wire.pollCreationMessageKey), sentAt });
}
