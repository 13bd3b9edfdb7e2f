import type { PresenceFact } from '../../engines/port.ts';
import { chatKind, lidChat, storedChat } from '../../platform/chat-id.ts';
import type { Clock } from '../../platform/clock.ts';
import { createTurns } from '../../platform/concurrency/in-turn.ts';
import { createWakeAt } from '../../platform/concurrency/wake-at.ts';
import type { PassingEvents } from '../../platform/events/passing.ts';
import type { Log } from '../../platform/log.ts';
import type { Live } from '../profiles/index.ts';
import { createGathered } from './gathered.ts';
import { chatPresence } from './presence.events.ts';
import type { Followed, PresenceStore } from './presence.store.ts';

/** One chat tells at most once in this time. */
const everyMs = 1_000;

interface Following {
  live: Live;
  /** By each name of a chat. */
  chats: Map<string, Followed>;
  /** The network was asked for these. */
  asked: Set<string>;
  isOnline: boolean;
}

/** Follows chats of the profiles that are connected here: what is wanted stands in the database, so any node may ask. */
export function createFollowing(deps: {
  clock: Clock;
  log: Log;
  store: PresenceStore;
  passing: Pick<PassingEvents, 'tell'>;
  live(profileId: string): Live | undefined;
}) {
  const { clock, log, store } = deps;
  const profiles = new Map<string, Following>();
  const turns = createTurns();
  const gathered = createGathered<() => void>(everyMs, (_, told) => {
    for (const tell of told) tell();
  });

  /** @param anew a conversation whose people the network is asked for in any case: who asks hears how they are now */
  async function follow(profileId: string, anew: string | undefined): Promise<void> {
    const live = deps.live(profileId);
    if (!live || live.ended.aborted) return void profiles.delete(profileId);
    const { chats, showsOnline } = await store.followed(profileId, clock.now());
    const before = profiles.get(profileId);
    // After a reconnect the network is asked for everything again.
    const following: Following =
      before?.live === live ? before : { live, chats: new Map(), asked: new Set(), isOnline: false };
    following.chats = new Map(
      chats.flatMap((chat) => [
        [chat.chat, chat],
        ...(chat.lid ? [[lidChat(chat.lid) as string, chat] as const] : []),
      ]),
    );
    for (const chat of following.asked) if (!following.chats.has(chat)) following.asked.delete(chat);
    profiles.set(profileId, following);
    const { presence } = live.session;
    if (!presence) return;
    const isOnline = showsOnline && chats.length > 0;
    if (isOnline !== following.isOnline) {
      await presence.beOnline(isOnline);
      following.isOnline = isOnline;
      following.asked.clear();
    }
    for (const { chat, conversation_id } of chats) {
      const stored = storedChat(chat);
      const isAsked = following.asked.has(chat) && conversation_id !== anew;
      if (isAsked || chatKind(stored) !== 'user') continue;
      await presence.follow(stored);
      following.asked.add(chat);
    }
    if (chats.length === 0) profiles.delete(profileId);
  }

  function look(profileId: string, anew?: string): void {
    turns
      .inTurn(profileId, () => follow(profileId, anew))
      .catch((err: unknown) => log.debug({ err, profileId }, 'chats could not be followed; trying again'));
  }

  const ends = createWakeAt({
    clock,
    async look() {
      const { profileIds, next } = await store.forgetEnded(clock.now());
      // A word to the node that has the profile may have got lost.
      for (const id of new Set([...profiles.keys(), ...profileIds])) if (deps.live(id)) look(id);
      return next;
    },
    failed: (err) => log.warn({ err }, 'what is followed could not be looked at; trying again'),
  });

  function tell(live: Live, { conversation_id, chat }: Followed, fact: PresenceFact): void {
    const { who, state, lastSeen } = fact;
    const person = chatKind(storedChat(chat)) === 'user' ? chat : (who.phone ?? who.lid);
    if (!person) return;
    const { organizationId, profileId } = live;
    const body = {
      ...{ profileId, conversationId: conversation_id, chatId: chat, who: person, state },
      ...(lastSeen && { lastSeen: lastSeen.toISOString() }),
    };
    gathered.add(conversation_id, person, () =>
      deps.passing.tell(chatPresence, { organizationId, profileId, body }),
    );
  }

  return {
    look,
    ends,
    told(live: Live, facts: readonly PresenceFact[]): void {
      const following = profiles.get(live.profileId);
      if (following?.live !== live) return;
      for (const fact of facts) {
        const followed = following.chats.get(fact.chat);
        if (followed && followed.until > clock.now()) tell(live, followed, fact);
      }
    },
    async stop(): Promise<void> {
      gathered.stop();
      await ends.stop();
      await turns.idle();
    },
  };
}

export type FollowingChats = ReturnType<typeof createFollowing>;
