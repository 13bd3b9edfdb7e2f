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
  if (message.type !== 'poll') return undefined;
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
  const answer: StoredAnswer = { ...byAuthor(change), options: chosen };
  const answers = chosen.length === 0 ? others : [...others, answer];
  return { answers: answers.length > 0 ? answers : null };
}

const byAuthor = (change: ChangeRow) => ({
  ...{ sender: change.author, name: change.author_name, fromMe: change.author_key === 'me' },
  at: change.at.toISOString(),
});

/** The event after somebody said whether they come: of each person the latest answer counts. */
export function afterResponse(
  message: MessageRow,
  change: ChangeRow,
  open: AnswerPower | undefined,
): Partial<Altered> | undefined {
  const of = secretOf(message);
  const { sealed } = change.content;
  if (message.revoked_at || message.type !== 'event' || !of || !open || typeof sealed !== 'string')
    return undefined;
  const said = open.response(sealed, of);
  const before = message.answers ?? [];
  const mine = before.find((one) => isBy(one, change));
  if (!said || (mine?.response === said.response && mine.guests === said.guests)) return undefined;
  return { answers: [...before.filter((one) => one !== mine), { ...byAuthor(change), ...said }] };
}

/** A change that came sealed, as it reads; undefined when it can't be opened. */
export function opened(
  message: MessageRow,
  change: ChangeRow,
  open: AnswerPower | undefined,
): ChangeRow | undefined {
  const { sealed, emoji } = change.content;
  if (change.kind === 'reaction' && sealed === undefined && emoji === undefined) return undefined;
  if (!['edited', 'reaction'].includes(change.kind) || typeof sealed !== 'string') return change;
  const of = secretOf(message);
  const content = of && open?.change(sealed, of);
  return content && { ...change, content };
}

/** What opens answers to a message; undefined where it is not known. */
function secretOf({
  content,
  original_content,
  sender,
  wa_message_id,
}: MessageRow): SecretMessage | undefined {
  const secret = content.secret ?? original_content?.secret;
  if (typeof secret !== 'string') return undefined;
  return {
    id: wa_message_id as EngineMessageId,
    secret,
    ...(sender !== null && { sender: storedChat(sender) }),
  };
}
