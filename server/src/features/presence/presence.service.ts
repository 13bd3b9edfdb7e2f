import type { Actor } from '../../platform/actor.ts';
import { type Clock, later } from '../../platform/clock.ts';
import { Failure } from '../../platform/failures.ts';
import type { FollowingChats } from './following.ts';
import { minutesUsual } from './presence.schema.ts';
import type { PresenceStore } from './presence.store.ts';

/** WhatsApp lets a device follow some thousand people; nobody looks at so many chats at once. */
const followedMax = 200;

const notOnline =
  'WhatsApp tells this account nothing while it is not shown online: set settings.showOnline of the profile to true.';

/** Follows what people do in a chat, for a while. */
export function createPresenceService(deps: {
  clock: Clock;
  store: PresenceStore;
  following: Pick<FollowingChats, 'look' | 'ends'>;
  tellOwner(words: string): void;
}) {
  const { clock, store, following } = deps;

  async function conversationOf(actor: Actor, id: string) {
    const conversation = await store.conversation(actor, id);
    if (!conversation) throw new Failure('CONVERSATION_NOT_FOUND');
    return conversation;
  }

  const tell = (profileId: string, conversationId: string) => {
    following.look(profileId, conversationId);
    deps.tellOwner(`${profileId}/${conversationId}`);
  };

  return {
    /** @throws Failure CONVERSATION_NOT_FOUND, INVALID_RECIPIENT, RATE_LIMITED */
    async follow(actor: Actor, id: string, minutes: number | null | undefined) {
      const conversation = await conversationOf(actor, id);
      if (!['user', 'group'].includes(conversation.type)) {
        throw new Failure('INVALID_RECIPIENT', { says: 'Nobody types in a chat of this kind.' });
      }
      const now = clock.now();
      const wanted = later(now, (minutes ?? minutesUsual) * 60_000);
      const until = await store.follow(conversation, wanted, now, followedMax);
      if (!until) {
        throw new Failure('RATE_LIMITED', {
          says: `A profile follows ${followedMax} chats at most: end one, or wait until one ends.`,
          retryAfterSeconds: 60,
        });
      }
      following.ends.at(until);
      tell(conversation.profile_id, id);
      return {
        success: true,
        conversationId: id,
        until: until.toISOString(),
        connected: conversation.status === 'connected',
        showsOnline: conversation.shows_online,
        note: conversation.shows_online ? null : notOnline,
      };
    },

    /** @throws Failure CONVERSATION_NOT_FOUND */
    async end(actor: Actor, id: string): Promise<void> {
      const { profile_id } = await conversationOf(actor, id);
      await store.end(id);
      tell(profile_id, id);
    },
  };
}

export type PresenceService = ReturnType<typeof createPresenceService>;
