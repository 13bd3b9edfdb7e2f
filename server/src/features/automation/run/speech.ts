import { createHash } from 'node:crypto';
import { chatKind, storedChat } from '../../../platform/chat-id.ts';
import { hourMs, later } from '../../../platform/clock.ts';
import type { Tx } from '../../../platform/db/transaction.ts';
import type { EventRecorder } from '../../../platform/events/record.ts';
import { automationLoop } from '../automation.events.ts';
import { type ChatStore, isSilent } from './chats.store.ts';

/** What may be said automatically: so much at once, and one more after so long, and so much a day. */
const inChat = { tokensMax: 10, refillSeconds: 30, dayMax: 60 };
/** In a group many are answered. */
const inGroup = { tokensMax: 50, refillSeconds: 6, dayMax: 600 };
/** The same words so often in a row, each within a minute of the one before, are said to nobody who reads. */
const sameMax = 4;
/** Nobody reads and types within this time, and so often in a row. */
const typingMs = 1_500;
const quickMax = 3;
const silenceMs = hourMs;

const boundsOf = (chat: string) => (chatKind(storedChat(chat)) === 'group' ? inGroup : inChat);

/** How much may be said at once in a chat. */
export const tokensMaxIn = (chat: string): number => boundsOf(chat).tokensMax;

/** Keeps two programs from talking to each other for ever. */
export function createSpeech(deps: { chats: Pick<ChatStore, 'speak' | 'silence'>; events: EventRecorder }) {
  return {
    /** Counts what is about to be said; answers a sentence when it must not be. */
    async mayStay(
      tx: Tx,
      of: { profileId: string; organizationId: string; chat: string },
      said: {
        text: string;
        day: string;
        now: Date;
        heardAt?: string | undefined;
        afterOursMs?: number | undefined;
      },
    ): Promise<string | undefined> {
      const { day, now } = said;
      const bounds = boundsOf(of.chat);
      // Of many in a group one is always quick.
      const isGroup = bounds === inGroup;
      const hash = createHash('sha256').update(said.text).digest().subarray(0, 16);
      const { heardAt = null, afterOursMs } = said;
      const isQuick = afterOursMs !== undefined && afterOursMs >= 0 && afterOursMs < typingMs;
      const spoken = await deps.chats.speak(tx, of, { hash, day, now, heardAt, isQuick, ...bounds });
      if (isSilent(spoken, now)) return 'Nothing automatic is said in this chat for now.';
      const reason =
        spoken.tokens < 0
          ? 'Too much was said in a short time.'
          : spoken.day_count > bounds.dayMax
            ? 'Too much was said today.'
            : spoken.same_count >= sameMax
              ? 'The same was said again and again.'
              : spoken.quick_count >= quickMax && !isGroup
                ? 'Answers came faster than a person can type, three times in a row.'
                : undefined;
      if (!reason) return undefined;
      const until = later(now, silenceMs);
      await deps.chats.silence(tx, of, until);
      await deps.events.record(tx, automationLoop, {
        ...{ organizationId: of.organizationId, profileId: of.profileId },
        body: {
          ...{ profileId: of.profileId, chatId: of.chat, reason },
          ...{ silentUntil: until.toISOString(), timestamp: now.toISOString() },
        },
      });
      return reason;
    },
  };
}

export type Speech = ReturnType<typeof createSpeech>;
