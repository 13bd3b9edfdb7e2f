import { phoneOf, storedChat } from '../../../platform/chat-id.ts';
import { type Clock, dayMs, later } from '../../../platform/clock.ts';
import type { Db } from '../../../platform/db/transaction.ts';
import type { Log } from '../../../platform/log.ts';
import type { Whose } from '../../contacts/index.ts';
import { restrictionsNow } from '../../profiles/index.ts';
import { uncheckedAhead } from './scout.store.ts';

const checkedMs = 30 * dayMs;
const atOnce = 50;
/** A profile asks no more often: whoever asks about many numbers is watched. */
const restMs = 3_000;
const profilesMax = 10_000;

/**
 * Asks WhatsApp about the strangers that campaigns come to next, so that nobody is written to who is not there. It runs ahead of
 * the pace of campaigns; one without a pace may overtake it, and then its messages find out.
 */
export function createScout(deps: {
  db: Db;
  clock: Clock;
  log: Log;
  /** Asks about numbers and keeps what is said; answers when it is known, or can't be. */
  checkNumbers(whose: Whose, phones: readonly string[]): Promise<void>;
}) {
  const { db, clock, log } = deps;
  const askedAt = new Map<string, number>();

  return async (profileId: string): Promise<void> => {
    const now = clock.now();
    const nowMs = now.getTime();
    if ((askedAt.get(profileId) ?? Number.NEGATIVE_INFINITY) + restMs > nowMs) return;
    if (askedAt.size >= profilesMax) askedAt.clear();
    askedAt.set(profileId, nowMs);
    try {
      const { chats, restrictions, organizationId } = await uncheckedAhead(db, profileId, {
        ...{ now, checkedSince: later(now, -checkedMs), limit: atOnce },
      });
      // A locked account draws attention by asking.
      if (!organizationId || chats.length === 0 || restrictionsNow(restrictions, now).newChats) return;
      await deps.checkNumbers(
        { organizationId, profileId },
        chats.flatMap((chat) => phoneOf(storedChat(chat)) ?? []),
      );
    } catch (error) {
      log.debug({ err: error, profileId }, 'numbers could not be checked ahead');
    }
  };
}
