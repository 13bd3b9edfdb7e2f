import type { Actor } from '../../../platform/actor.ts';
import type { Clock } from '../../../platform/clock.ts';
import { Failure } from '../../../platform/failures.ts';
import type { FileStore } from '../files/files.store.ts';
import type { MessageService } from '../messages.service.ts';

/** Has the file of a message fetched that is not here, once somebody wants it. Answers the message as it is now. */
export function createAskForFile(deps: {
  clock: Clock;
  files: Pick<FileStore, 'again'>;
  service: Pick<MessageService, 'get'>;
  /** There is something to fetch for a profile, here or on the node that has it. */
  poke(profileId: string): void;
}) {
  /** @throws Failure MESSAGE_NOT_FOUND, MEDIA_NOT_FOUND */
  return async (actor: Actor, id: string) => {
    const message = await deps.service.get(actor, id);
    const { state } = (message.content as { media?: { state?: string } }).media ?? {};
    if (state === 'stored') return message;
    const isAsked = await deps.files.again(actor.organizationId, message.id, deps.clock.now());
    if (!isAsked) throw new Failure('MEDIA_NOT_FOUND');
    deps.poke(message.profileId);
    return message;
  };
}

export type AskForFile = ReturnType<typeof createAskForFile>;
