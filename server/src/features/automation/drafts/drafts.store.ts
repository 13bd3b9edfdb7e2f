import type { Db, Tx } from '../../../platform/db/transaction.ts';
import type { Definition } from '../program/definition.ts';

/** The SQL about drafts and versions; automations themselves are read and published by their own store. */
export function createDraftStore(db: Db) {
  return {
    /** Keeps what is worked on, over what was before. */
    async keep(
      tx: Tx,
      automationId: string,
      draft: { definition: Definition; of: number; at: Date; by: string | null },
    ): Promise<void> {
      await tx
        .updateTable('automations')
        .set({
          ...{ draft: JSON.stringify(draft.definition), draft_of: draft.of },
          ...{ draft_at: draft.at, draft_by: draft.by },
        })
        .where('id', '=', automationId)
        .execute();
    },

    async discard(tx: Tx, automationId: string): Promise<void> {
      await tx
        .updateTable('automations')
        .set({ draft: null, draft_of: null, draft_at: null, draft_by: null })
        .where('id', '=', automationId)
        .execute();
    },

    /** Newest first, without what they say. */
    versions: (automationId: string) =>
      db
        .selectFrom('automation_versions')
        .select(['version', 'published_by', 'note', 'changes', 'created_at'])
        .where('automation_id', '=', automationId)
        .orderBy('version', 'desc')
        .execute(),

    version: (automationId: string, version: number) =>
      db
        .selectFrom('automation_versions')
        .select(['version', 'published_by', 'note', 'changes', 'created_at', 'definition'])
        .where('automation_id', '=', automationId)
        .where('version', '=', version)
        .executeTakeFirst(),
  };
}

export type DraftStore = ReturnType<typeof createDraftStore>;
