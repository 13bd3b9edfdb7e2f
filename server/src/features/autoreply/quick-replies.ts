import type { Actor } from '../../platform/actor.ts';
import type { Clock } from '../../platform/clock.ts';
import { whenTaken } from '../../platform/db/taken.ts';
import { type Db, inTransaction } from '../../platform/db/transaction.ts';
import { Failure } from '../../platform/failures.ts';
import { newId } from '../../platform/ids.ts';
import { profileOf } from '../../platform/known-profiles.store.ts';
import { namesIn } from '../templates/index.ts';
import type { AutoreplyStore } from './autoreply.store.ts';
import type { QuickReplyRow } from './autoreply.tables.ts';

const ofProfileMax = 1_000;

const present = (row: QuickReplyRow) => ({
  ...{
    id: row.id,
    profileId: row.profile_id,
    shortcut: row.shortcut,
    title: row.title,
    message: row.message,
  },
  variables: namesIn(row.message),
  ...{ createdAt: row.created_at.toISOString(), updatedAt: row.updated_at.toISOString() },
});

const keyOf = (shortcut: string): string => shortcut.trim().normalize('NFKC').toLowerCase();

const whenShortcutTaken = <Result>(work: () => Promise<Result>) =>
  whenTaken('quick_replies_shortcut', 'SHORTCUT_TAKEN', work);

/** Texts that people keep ready. */
export function createQuickReplies(deps: { db: Db; clock: Clock; store: AutoreplyStore }) {
  const { db, clock, store } = deps;

  return {
    /** In the order they were made. @throws Failure PROFILE_NOT_FOUND */
    async list(actor: Actor, profileId: string) {
      await profileOf(db, actor, profileId);
      return (await store.quickReplies(actor, profileId, ofProfileMax)).map(present);
    },

    /** @throws Failure PROFILE_NOT_FOUND, SHORTCUT_TAKEN, QUICK_REPLIES_FULL */
    async create(
      actor: Actor,
      body: { profileId: string; shortcut: string; title: string; message: string },
    ) {
      const profileId = await profileOf(db, actor, body.profileId);
      const now = clock.now();
      const row = await whenShortcutTaken(() =>
        inTransaction(db, async (tx) => {
          const count = await store.countQuickReplies(tx, profileId);
          if (count === undefined) throw new Failure('PROFILE_NOT_FOUND');
          if (count >= ofProfileMax) throw new Failure('QUICK_REPLIES_FULL');
          return store.insertQuickReply(tx, {
            ...{ id: newId(), organization_id: actor.organizationId, profile_id: profileId },
            ...{ shortcut: body.shortcut, shortcut_key: keyOf(body.shortcut), title: body.title },
            ...{ message: body.message, created_at: now, updated_at: now },
          });
        }),
      );
      return present(row);
    },

    /** @throws Failure QUICK_REPLY_NOT_FOUND, SHORTCUT_TAKEN */
    async update(
      actor: Actor,
      id: string,
      body: { shortcut?: string | null; title?: string | null; message?: string | null },
    ) {
      const { shortcut, title, message } = body;
      const row = await whenShortcutTaken(() =>
        store.updateQuickReply(actor, id, {
          ...(shortcut && { shortcut, shortcut_key: keyOf(shortcut) }),
          ...(title && { title }),
          ...(message && { message }),
          updated_at: clock.now(),
        }),
      );
      if (!row) throw new Failure('QUICK_REPLY_NOT_FOUND');
      return present(row);
    },

    /** @throws Failure QUICK_REPLY_NOT_FOUND */
    async remove(actor: Actor, id: string): Promise<{ success: true }> {
      if (!(await store.removeQuickReply(actor, id))) throw new Failure('QUICK_REPLY_NOT_FOUND');
      return { success: true };
    },
  };
}

export type QuickReplies = ReturnType<typeof createQuickReplies>;
