import type { Idempotency, IdempotencyClaim } from '../../http/idempotency.ts';
import type { Actor } from '../../platform/actor.ts';
import { Failure } from '../../platform/failures.ts';
import { type Messages, originOf } from '../messages/index.ts';
import type { Preview } from './preview.ts';
import type { TestContentBody } from './templates.schema.ts';

/** Sends what is not saved yet to one number, filled in as its preview shows it; it counts as no use of anything. */
export function createTestSend(deps: {
  preview: Pick<Preview, 'unsaved'>;
  messages: Pick<Messages, 'readSend' | 'say' | 'deliver'>;
  idempotency: Pick<Idempotency, 'once' | 'recall'>;
}) {
  const { messages } = deps;
  /** @throws Failure as the preview and the routes that send do */
  return async (actor: Actor, { to, ...body }: TestContentBody, claim: IdempotencyClaim | undefined) => {
    await deps.idempotency.recall(claim);
    const { rendered } = await deps.preview.unsaved(actor, body);
    const { profileId, messageType } = body;
    const read = messages.readSend(messageType, rendered);
    if ('problems' in read) throw new Failure('VALIDATION_ERROR', { details: read.problems });
    const said = await messages.say(actor, { type: messageType, body: { ...read.fields, profileId } });
    return deps.idempotency.once(claim, 201, async (tx) => {
      const order = { type: said.type, body: { profileId, to }, content: said.content };
      const { messageId } = await messages.deliver(tx, actor, { ...order, origin: originOf(actor) });
      return { success: true, messageId };
    });
  };
}

export type TestSend = ReturnType<typeof createTestSend>;
