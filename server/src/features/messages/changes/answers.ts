import type { AnswerPower, EngineMessageId, SecretMessage } from '../../../engines/port.ts';
import { storedChat } from '../../../platform/chat-id.ts';
import type { MessageRow } from '../messages.present.ts';
import type { StoredAnswer } from '../messages.tables.ts';
import { type Altered, type ChangeRow, isBy } from './effects.ts';

/** The poll after somebody voted: everybody has one vote, the latest. Undefined for what is no vote in this poll. */
export function afterVote(
  message: MessageRow,
  change: ChangeRow,
  open: AnswerPower | undefined,
): Partial<Altered> | undefined {
  const { options, choicesMax } = message.content;
  const of = secretOf(message);
  const { sealed } = change.content;
  if (message.revoked_at || !of || !open || !Array.isArray(options) || typeof sealed !== 'string')
    return undefined;
  const chosen = open.vote(sealed, { ...of, options: options.map(String) });
  if (!chosen || (typeof choicesMax === 'number' && chosen.length > choicesMax)) return undefined;
  const before = message.answers ?? [];
  const mine = before.find((one) => isBy(one, change));
  if (String(mine?.options ?? []) === String(chosen)) return undefined;
  const others = before.filter((one) => one !== mine);
  const answer: StoredAnswer = {
    ...{ sender: change.author, name: change.author_name, fromMe: change.author_key === 'me' },
    ...{ at: change.at.toISOString(), options: chosen },
  };
  const answers = chosen.length === 0 ? others : [...others, answer];
  return { answers: answers.length > 0 ? answers : null };
}

/** What opens answers to a message; undefined where it is not known. */
function secretOf({ type, content, sender, wa_message_id }: MessageRow): SecretMessage | undefined {
  if (type !== 'poll' || typeof content.secret !== 'string') return undefined;
  return {
    id: wa_message_id as EngineMessageId,
    secret: content.secret,
    ...(sender !== null && { sender: storedChat(sender) }),
  };
}
