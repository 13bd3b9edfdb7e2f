import { jidNormalizedUser, type proto, type WAMessageKey } from 'baileys';
import { toChat } from '../ids.ts';
import { type SealedAnswer, writeSealed } from '../sealed-answer.ts';

/** No answer is longer: a vote takes 34 bytes for each option. */
const payloadMax = 2048;
const ivMax = 32;

interface Sealed {
  payload: Uint8Array | null | undefined;
  iv: Uint8Array | null | undefined;
  about: proto.IMessageKey | null | undefined;
}

/**
 * An answer that only who has a secret of the message it is about can read, with the names by which it may have been
 * sealed; undefined when the message is none.
 */
export function sealedOf(
  { pollUpdateMessage: vote }: proto.IMessage,
  key: WAMessageKey,
  self: { id: string; lid?: string | undefined },
): string | undefined {
  if (!vote?.vote) return undefined;
  return sealed(
    { payload: vote.vote.encPayload, iv: vote.vote.encIv, about: vote.pollCreationMessageKey },
    key,
    self,
  );
}

function sealed(
  { payload, iv, about }: Sealed,
  key: WAMessageKey,
  self: { id: string; lid?: string | undefined },
): string | undefined {
  if (!payload || !iv || payload.length > payloadMax || iv.length > ivMax) return undefined;
  const own = [self.id, self.lid];
  const chat = [key.remoteJid, key.remoteJidAlt];
  const sender = key.participant ? [key.participant, key.participantAlt] : chat;
  const actors = namesOf(key.fromMe ? own : sender);
  const creators = namesOf([...own, about?.participant, ...(key.fromMe ? [] : sender), ...chat]);
  const answer: SealedAnswer = { payload: base64(payload), iv: base64(iv), actors, creators };
  return writeSealed(answer);
}

/** People's addresses, without the device. */
function namesOf(jids: (string | null | undefined)[]): string[] {
  const names = jids.flatMap((jid) => (jid && toChat(jid) ? [jidNormalizedUser(jid)] : []));
  return [...new Set(names)].filter((name) => /@(s\.whatsapp\.net|lid)$/.test(name));
}

const base64 = (bytes: Uint8Array) => Buffer.from(bytes).toString('base64');
