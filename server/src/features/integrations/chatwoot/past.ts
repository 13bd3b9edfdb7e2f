import { type Clock, dayMs, later } from '../../../platform/clock.ts';
import { type Db, inTransaction } from '../../../platform/db/transaction.ts';
import { Failure } from '../../../platform/failures.ts';
import type { JobQueue } from '../../../platform/jobs/jobs.ts';
import { profilesOf } from '../../../platform/known-profiles.store.ts';
import { tellPast, workChatwoot } from '../integrations.jobs.ts';
import type { EffectiveSettings } from '../settings/effective.ts';
import { addPast, chatsSince } from './past.store.ts';
import { inboxOf } from './settings.ts';

const chatsAtOnce = 100;
/** Of one chat: agents need what was said last, not all of a life. */
const messagesMax = 500;
const first = '00000000-0000-0000-0000-000000000000';

/** Tells Chatwoot what was said before it was set up. */
export function createPast(deps: { db: Db; clock: Clock; jobs: JobQueue; effective: EffectiveSettings }) {
  const { db, clock, jobs } = deps;

  return {
    /** Begins for every profile that has an inbox, or for one. @throws Failure PROFILE_NOT_FOUND, INTEGRATION_NOT_FOUND */
    async begin(
      organizationId: string,
      { days, profileId }: { days: number; profileId?: string | undefined },
    ) {
      const { settings } = await deps.effective.of(organizationId, 'chatwoot');
      if (!settings?.enabled)
        throw new Failure('INTEGRATION_NOT_FOUND', { says: 'Chatwoot is not switched on.' });
      const all = (await profilesOf(db, { organizationId })).filter(
        (id) => inboxOf(settings, id) !== undefined,
      );
      const wanted = profileId === undefined ? all : all.filter((id) => id === profileId);
      if (profileId !== undefined && wanted.length === 0) throw new Failure('PROFILE_NOT_FOUND');
      const since = later(clock.now(), -days * dayMs).toISOString();
      await inTransaction(db, async (tx) => {
        for (const id of wanted) {
          const payload = { organizationId, profileId: id, since };
          await jobs.enqueue(tx, tellPast, payload, { whose: organizationId });
        }
      });
      return { success: true, profiles: wanted.length };
    },

    /** Chat by chat; one that was taken in before is found told, message by message. */
    async run(
      {
        organizationId,
        profileId,
        since: text,
      }: { organizationId: string; profileId: string; since: string },
      signal: AbortSignal,
    ): Promise<void> {
      const since = new Date(text);
      let after = first;
      while (!signal.aborted) {
        const chats = await chatsSince(db, { profileId, since, after, limit: chatsAtOnce });
        for (const conversationId of chats) {
          await inTransaction(db, async (tx) => {
            const added = await addPast(tx, { conversationId, since, now: clock.now(), limit: messagesMax });
            if (added > 0) await jobs.enqueue(tx, workChatwoot, { organizationId, lane: conversationId });
          });
        }
        after = chats.at(-1) ?? after;
        if (chats.length < chatsAtOnce) return;
      }
    },
  };
}
