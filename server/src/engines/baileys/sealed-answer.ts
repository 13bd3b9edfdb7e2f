import { createHash } from 'node:crypto';
import { aesDecryptGCM, decryptEventResponse, decryptPollVote, hmacSign, proto } from 'baileys';
import type { AnswerPower, EventResponse, SecretMessage } from '../port.ts';
import { readContent } from './from-wire/read-content.ts';
import { toJid } from './ids.ts';
import { wellFormed } from './well-formed.ts';

/** An answer as it came, and by which names it may have been sealed: clients take phone numbers or linked identities. */
export interface SealedAnswer {
  /** Base64. */
  payload: string;
  iv: string;
  actors: string[];
  creators: string[];
  /** Of an edit or a reaction: what it is sealed for. */
  purpose?: string;
}

export const writeSealed = (answer: SealedAnswer): string => JSON.stringify(answer);

/** Opens answers with the secret of the message they are about. It asks nobody, so it needs no connection. */
export const answers: AnswerPower = {
  vote(sealed, poll) {
    const vote = open(sealed, poll, (answer, creator, actor, secret) =>
      decryptPollVote(answer, {
        ...{ pollCreatorJid: creator, pollMsgId: poll.id, pollEncKey: secret, voterJid: actor },
      }),
    );
    if (!vote) return undefined;
    const indexes = new Map(poll.options.map((option, index) => [hashOf(option), index]));
    const chosen = new Set<number>();
    for (const hash of vote.selectedOptions ?? []) {
      const index = indexes.get(Buffer.from(hash).toString('hex'));
      if (index === undefined) return undefined;
      chosen.add(index);
    }
    return [...chosen].sort((a, b) => a - b);
  },

  response(sealed, event) {
    const found = open(sealed, event, (answer, creator, actor, secret) =>
      decryptEventResponse(answer, {
        ...{ eventCreatorJid: creator, eventMsgId: event.id, eventEncKey: secret, responderJid: actor },
      }),
    );
    const response = found && responses.get(found.response ?? 0);
    return response && { response, guests: Math.min(Math.max(found.extraGuestCount ?? 0, 0), guestsMax) };
  },

  change(sealed, message) {
    const { purpose } = JSON.parse(sealed) as SealedAnswer;
    if (!purpose) return undefined;
    const plain = open(sealed, message, ({ encPayload, encIv }, creator, actor, secret) => {
      const info = Buffer.concat([Buffer.from(message.id + creator + actor + purpose), Buffer.from([1])]);
      const key = hmacSign(info, hmacSign(secret, new Uint8Array(32)));
      return aesDecryptGCM(encPayload, key, encIv, Buffer.alloc(0));
    });
    return plain && changeIn(plain, purpose);
  },
};

const { GOING, NOT_GOING, MAYBE } = proto.Message.EventResponseMessage.EventResponseType;
const responses = new Map<number, EventResponse['response']>([
  [GOING, 'going'],
  [NOT_GOING, 'not-going'],
  [MAYBE, 'maybe'],
]);
const guestsMax = 1000;

/** As everything that strangers say; there is no moment in it that `now` could stand for. */
const bounded = (change: Record<string, unknown>) => wellFormed(change, new Date(0));

/** Whoever knows a secret may encrypt nonsense with it, which does nothing. */
function changeIn(plain: Uint8Array, purpose: string): Record<string, unknown> | undefined {
  try {
    if (purpose === 'Enc Reaction') {
      return bounded({ emoji: proto.Message.ReactionMessage.decode(plain).text ?? '' });
    }
    const message = proto.Message.decode(plain);
    const content = readContent(message.protocolMessage?.editedMessage ?? message);
    return content && bounded({ content });
  } catch {
    return undefined;
  }
}

type Decrypt<Answer> = (
  answer: { encPayload: Buffer; encIv: Buffer },
  creator: string,
  actor: string,
  secret: Buffer,
) => Answer;

/** Every pair of names is tried; undefined when none fits, or the secret is another. */
function open<Answer>(text: string, of: SecretMessage, decrypt: Decrypt<Answer>): Answer | undefined {
  const { payload, iv, actors, creators }: SealedAnswer = JSON.parse(text);
  const answer = { encPayload: Buffer.from(payload, 'base64'), encIv: Buffer.from(iv, 'base64') };
  const secret = Buffer.from(of.secret, 'base64');
  const authors = of.sender === undefined ? creators : new Set([toJid(of.sender), ...creators]);
  for (const creator of authors) {
    for (const actor of actors) {
      try {
        return decrypt(answer, creator, actor, secret);
      } catch {
        // Sealed by other names.
      }
    }
  }
  return undefined;
}

const hashOf = (text: string) => createHash('sha256').update(text).digest('hex');
