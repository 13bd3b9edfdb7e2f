import type { Actor } from '../../../platform/actor.ts';
import type { Clock } from '../../../platform/clock.ts';
import { Failure } from '../../../platform/failures.ts';
import type { FileStore } from '../files/files.store.ts';
import type { MessageService } from '../messages.service.ts';

/** Files are mostly fetched within moments. */
const retrySeconds = 5;

/** Has the file of a message fetched that is not here, once somebody wants it. Answers the message as it is now. */
export function createAskForFile(deps: {
  clock: Clock;
  files: Pick<FileStore, 'again'>;
  service: Pick<MessageService, 'get'>;
  /** There is something to fetch for a profile, here or on the node that has it. */
  poke(profileId: string): void;
}) {
  /** @throws Failure MESSAGE_NOT_FOUND, MEDIA_NOT_FOUND */
  async function fetchAgain(actor: Actor, id: string) {
    const message = await deps.service.get(actor, id);
    const { state } = (message.content as { media?: { state?: string } }).media ?? {};
    if (state === 'stored') return message;
    const isAsked = await deps.files.again(actor.organizationId, message.id, deps.clock.now());
    if (!isAsked) throw new Failure('MEDIA_NOT_FOUND');
    deps.poke(message.profileId);
    return message;
  }

  /**
   * The link to a file that is here.
   * @throws Failure MESSAGE_NOT_FOUND, MEDIA_NOT_FOUND, MEDIA_NOT_READY, MEDIA_UNAVAILABLE
   */
  async function linkTo(actor: Actor, id: string): Promise<string> {
    const { content } = await deps.service.get(actor, id);
    const { media } = content as { media?: { state?: string; url?: string; reason?: string } };
    if (media?.state === 'stored' && media.url) return media.url;
    if (media?.state === 'waiting') throw new Failure('MEDIA_NOT_READY', { retryAfterSeconds: retrySeconds });
    if (media?.state !== 'unavailable') throw new Failure('MEDIA_NOT_FOUND');
    throw new Failure('MEDIA_UNAVAILABLE', { ...(media.reason && { says: media.reason }) });
  }

  return { fetchAgain, linkTo };
}

export type AskForFile = ReturnType<typeof createAskForFile>;
