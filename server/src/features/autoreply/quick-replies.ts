import type { Actor } from '../../platform/actor.ts';
import { phoneOf, storedChat } from '../../platform/chat-id.ts';
import type { Clock } from '../../platform/clock.ts';
import { whenTaken } from '../../platform/db/taken.ts';
import { type Db, inTransaction, type Tx } from '../../platform/db/transaction.ts';
import { Failure } from '../../platform/failures.ts';
import { isUuid, newId } from '../../platform/ids.ts';
import { profileOf } from '../../platform/known-profiles.store.ts';
import { isEverywhere } from '../../platform/reach.ts';
import type { ConversationRow } from '../conversations/index.ts';
import type { Media } from '../media/index.ts';
import { namesIn, render, type Source } from '../templates/index.ts';
import type { AutoreplyStore } from './autoreply.store.ts';
import type { Attachment, QuickReplyRow } from './autoreply.tables.ts';

const ofProfileMax = 1_000;

const present = (row: QuickReplyRow) => ({
  ...{
    id: row.id,
    profileId: row.profile_id,
    shortcut: row.shortcut,
    title: row.title,
    message: row.message,
  },
  attachment: row.attachment,
  variables: namesIn(row.message),
  ...{ createdAt: row.created_at.toISOString(), updatedAt: row.updated_at.toISOString() },
});

/** Under which a shortcut is found, however it is written. */
export const keyOf = (shortcut: string): string => shortcut.trim().normalize('NFKC').toLowerCase();

const whenShortcutTaken = <Result>(work: () => Promise<Result>) =>
  whenTaken('quick_replies_shortcut', 'SHORTCUT_TAKEN', work);

const referrer = 'quick-reply';

/** Texts that people keep ready, and files. */
export function createQuickReplies(deps: {
  db: Db;
  clock: Clock;
  store: AutoreplyStore;
  media: Pick<Media, 'refer' | 'release'>;
  /** A conversation of the tenancy. */
  conversation(actor: Actor, id: string): Promise<ConversationRow | undefined>;
}) {
  const { db, clock, store, media } = deps;

  /** The file stays as long as the quick reply has it. @throws Failure MEDIA_NOT_FOUND */
  async function keepFile(tx: Tx, { id, organization_id, profile_id, attachment }: QuickReplyRow) {
    if (!attachment) return;
    if (!isUuid(attachment.mediaId)) throw new Failure('MEDIA_NOT_FOUND');
    await media.refer(tx, organization_id, attachment.mediaId, { kind: referrer, id, profileId: profile_id });
  }

  return {
    /** In the order they were made. @throws Failure PROFILE_NOT_FOUND */
    async list(actor: Actor, query: { profileId: string; search?: string | undefined }) {
      const profileId = await profileOf(db, actor, query.profileId);
      const which = { profileId, search: query.search?.trim() ?? '' };
      return (await store.quickReplies(actor, which, 2 * ofProfileMax)).map(present);
    },

    /** @throws Failure PROFILE_NOT_FOUND, PERMISSION_DENIED, SHORTCUT_TAKEN, QUICK_REPLIES_FULL */
    async create(
      actor: Actor,
      body: {
        profileId: string | null;
        shortcut: string;
        title: string;
        message: string;
        attachment?: AttachmentBody | null;
      },
    ) {
      const profileId = body.profileId === null ? null : await profileOf(db, actor, body.profileId);
      if (profileId === null && !isEverywhere(actor.reach)) {
        throw new Failure('PERMISSION_DENIED', {
          says: 'Name the profile: you may act for some of them only.',
        });
      }
      const { organizationId } = actor;
      const now = clock.now();
      const row = await whenShortcutTaken(() =>
        inTransaction(db, async (tx) => {
          const count = await store.countQuickReplies(tx, organizationId, profileId);
          if (count === undefined) throw new Failure('PROFILE_NOT_FOUND');
          if (count >= ofProfileMax) throw new Failure('QUICK_REPLIES_FULL');
          const made = await store.insertQuickReply(tx, {
            ...{ id: newId(), organization_id: organizationId, profile_id: profileId },
            ...{ shortcut: body.shortcut, shortcut_key: keyOf(body.shortcut), title: body.title },
            ...{ message: body.message, created_at: now, updated_at: now },
            attachment: attachmentOf(body.attachment),
          });
          await keepFile(tx, made);
          return made;
        }),
      );
      return present(row);
    },

    /** @throws Failure QUICK_REPLY_NOT_FOUND, SHORTCUT_TAKEN, MEDIA_NOT_FOUND */
    async update(
      actor: Actor,
      id: string,
      body: {
        shortcut?: string | null;
        title?: string | null;
        message?: string | null;
        attachment?: AttachmentBody | null;
      },
    ) {
      const { shortcut, title, message, attachment } = body;
      const row = await whenShortcutTaken(() =>
        inTransaction(db, async (tx) => {
          const changed = await store.updateQuickReply(tx, actor, id, {
            ...(shortcut && { shortcut, shortcut_key: keyOf(shortcut) }),
            ...(title && { title }),
            ...(message && { message }),
            ...(attachment !== undefined && { attachment: attachmentOf(attachment) }),
            updated_at: clock.now(),
          });
          if (!changed || attachment === undefined) return changed;
          await media.release(tx, referrer, [id]);
          await keepFile(tx, changed);
          return changed;
        }),
      );
      if (!row) throw new Failure('QUICK_REPLY_NOT_FOUND');
      return present(row);
    },

    /** What would be sent in a conversation, its variables filled in. @throws Failure */
    async preview(
      actor: Actor,
      id: string,
      body: { conversationId?: string | null; variables?: Readonly<Record<string, string>> | null },
    ) {
      const row = await store.findQuickReply(actor, id);
      if (!row) throw new Failure('QUICK_REPLY_NOT_FOUND');
      const { conversationId, variables } = body;
      const isKnown = conversationId && isUuid(conversationId);
      const conversation = isKnown ? await deps.conversation(actor, conversationId) : undefined;
      if (conversationId && !conversation) throw new Failure('CONVERSATION_NOT_FOUND');
      const sources: Source[] = [
        { from: 'variables', values: variables ?? {} },
        ...(conversation ? [{ from: 'contact' as const, values: personIn(conversation) }] : []),
      ];
      const { rendered } = render({ text: row.message }, sources);
      const { attachment } = row;
      return {
        type: attachment?.type ?? 'text',
        content: attachment
          ? {
              mediaId: attachment.mediaId,
              ...(attachment.filename && { filename: attachment.filename }),
              caption: rendered.text,
            }
          : { text: rendered.text },
        missing: namesIn(rendered.text),
      };
    },

    /** @throws Failure QUICK_REPLY_NOT_FOUND */
    async remove(actor: Actor, id: string): Promise<{ success: true }> {
      await inTransaction(db, async (tx) => {
        if (!(await store.removeQuickReply(tx, actor, id))) throw new Failure('QUICK_REPLY_NOT_FOUND');
        await media.release(tx, referrer, [id]);
      });
      return { success: true };
    },
  };
}

export type QuickReplies = ReturnType<typeof createQuickReplies>;

type AttachmentBody = Omit<Attachment, 'filename'> & { filename?: string | null };

const attachmentOf = (attachment: AttachmentBody | null | undefined): string | null => {
  if (!attachment) return null;
  const { type, mediaId, filename } = attachment;
  return JSON.stringify({ type, mediaId: mediaId.toLowerCase(), ...(filename && { filename }) });
};

/** What is known of the person of a conversation; a group is none. */
function personIn({ type, name, chat }: ConversationRow): Record<string, unknown> {
  if (type !== 'user') return {};
  const phone = phoneOf(storedChat(chat));
  const about = { ...(name && { name }), ...(phone && { phone }) };
  return { ...about, contact: about };
}
