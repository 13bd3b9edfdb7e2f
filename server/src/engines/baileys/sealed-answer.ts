import { createHash } from 'node:crypto';
import { decryptPollVote } from 'baileys';
import type { AnswerPower, SecretMessage } from '../port.ts';
import { toJid } from './ids.ts';

/** An answer as it came, and by which names it may have been sealed: clients take phone numbers or linked identities. */
export interface SealedAnswer {
  /** Base64. */
  payload: string;
  iv: string;
  actors: string[];
  creators: string[];
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
};

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
