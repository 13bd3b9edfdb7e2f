import { jidNormalizedUser, proto, type WAMessageKey } from 'baileys';
import { toChat } from '../ids.ts';
import { type SealedAnswer, writeSealed } from '../sealed-answer.ts';

/** No answer is longer: a vote takes 34 bytes for each option. An edit is a message. */
const [answerMax, editMax] = [2048, 40 * 1024];
const ivMax = 32;

interface Sealed {
  payload: Uint8Array | null | undefined;
  iv: Uint8Array | null | undefined;
  about: proto.IMessageKey | null | undefined;
  purpose?: string;
}

/**
 * An answer that only who has a secret of the message it is about can read, with the names by which it may have been
 * sealed; undefined when the message is none.
 */
export function sealedOf(
  message: proto.IMessage,
  key: WAMessageKey,
  self: { id: string; lid?: string | undefined },
): string | undefined {
  const found = sealedIn(message);
  return found && sealed(found, key, self);
}

const { EVENT_EDIT, MESSAGE_EDIT } = proto.Message.SecretEncryptedMessage.SecretEncType;

const edits = new Map<unknown, string>([
  [EVENT_EDIT, 'Event Edit'],
  [MESSAGE_EDIT, 'Message Edit'],
]);

function sealedIn({
  pollUpdateMessage: vote,
  encEventResponseMessage: response,
  encReactionMessage: reaction,
  secretEncryptedMessage: edit,
}: proto.IMessage): Sealed | undefined {
  if (vote?.vote) return { ...bytesOf(vote.vote, answerMax), about: vote.pollCreationMessageKey };
  if (response) return { ...bytesOf(response, answerMax), about: response.eventCreationMessageKey };
  if (reaction) {
    return { ...bytesOf(reaction, answerMax), about: reaction.targetMessageKey, purpose: 'Enc Reaction' };
  }
  if (!edit) return undefined;
  const purpose = edits.get(edit.secretEncType);
  return purpose ? { ...bytesOf(edit, editMax), about: edit.targetMessageKey, purpose } : undefined;
}

const bytesOf = ({ encPayload, encIv }: proto.Message.IPollEncValue, max: number) => ({
  payload: encPayload && encPayload.length <= max ? encPayload : undefined,
  iv: encIv,
});

function sealed(
  { payload, iv, about, purpose }: Sealed,
  key: WAMessageKey,
  self: { id: string; lid?: string | undefined },
): string | undefined {
  if (!payload || !iv || iv.length > ivMax) return undefined;
  const own = [self.id, self.lid];
  const chat = [key.remoteJid, key.remoteJidAlt];
  const sender = key.participant ? [key.participant, key.participantAlt] : chat;
  const actors = namesOf(key.fromMe ? own : sender);
  const creators = namesOf([...own, about?.participant, ...(key.fromMe ? [] : sender), ...chat]);
  const answer: SealedAnswer = {
    payload: base64(payload),
    iv: base64(iv),
    actors,
    creators,
    ...(purpose && { purpose }),
  };
  return writeSealed(answer);
}

/** People's addresses, without the device. */
function namesOf(jids: (string | null | undefined)[]): string[] {
  const names = jids.flatMap((jid) => (jid && toChat(jid) ? [jidNormalizedUser(jid)] : []));
  return [...new Set(names)].filter((name) => /@(s\.whatsapp\.net|lid)$/.test(name));
}

const base64 = (bytes: Uint8Array) => Buffer.from(bytes).toString('base64');
