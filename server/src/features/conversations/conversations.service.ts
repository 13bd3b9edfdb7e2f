import { cut, sliceWithNulls } from '../../http/list.ts';
import type { Actor } from '../../platform/actor.ts';
import type { Db } from '../../platform/db/transaction.ts';
import { Failure } from '../../platform/failures.ts';
import { isUuid } from '../../platform/ids.ts';
import { allProfilesOf } from '../../platform/known-profiles.store.ts';
import type { ContactRow } from '../contacts/index.ts';
import type { Media } from '../media/index.ts';
import { presentConversation } from './conversations.present.ts';
import type { ConversationFilter, ConversationStore, Listed } from './conversations.store.ts';
import type { ConversationRow } from './conversations.tables.ts';
import type { TotalsStore } from './totals.store.ts';

export interface ConversationServiceDeps {
  db: Db;
  store: ConversationStore;
  totals: TotalsStore;
  /** A page of messages, oldest first within it, as clients see them. */
  messages(
    actor: Actor,
    conversationId: string,
    query: { limit: number; before?: string },
  ): Promise<{ messages: Record<string, unknown>[]; hasMore: boolean }>;
  presentMessage(row: Record<string, unknown>): Record<string, unknown>;
  linksOf: Media['linksOf'];
  /** Somebody looks at a conversation with a contact: what is old of its picture is asked for anew. */
  contactSeen(contact: ContactRow): void;
}

export interface ConversationsAsked extends Omit<ConversationFilter, 'assignedTo' | 'profileIds'> {
  profileIds: ProfilesAsked;
  /** `me`, `none` or the id of a member. */
  assignee?: string | undefined;
}

/** Undefined: every profile. */
type ProfilesAsked = readonly string[] | undefined;

/** What clients have been told of the number of messages. */
const countedMax = 1000;
/** A cursor within the pinned ones, where those come first, begins so. */
const inPinned = 'p.';

export function createConversationService(deps: ConversationServiceDeps) {
  const { db, store, totals } = deps;

  async function conversationOf(actor: Actor, id: string): Promise<ConversationRow> {
    const row = await store.find(actor, id);
    if (!row) throw new Failure('CONVERSATION_NOT_FOUND');
    return row;
  }

  /** Links to the picture; null where there is none, or it was not seen yet. */
  function avatarOf({ picture_media_id: id }: Pick<Listed, 'picture_media_id'>) {
    const links = id ? deps.linksOf({ id, filename: 'picture.jpg', hasThumbnail: true }) : undefined;
    return { avatarUrl: links?.url ?? null, avatarThumbnailUrl: links?.thumbnailUrl ?? null };
  }

  function item(row: Listed) {
    return {
      ...presentConversation(row),
      ...avatarOf(row),
      messageCount: Math.min(row.message_count, countedMax),
      lastMessage: row.last_message && deps.presentMessage(row.last_message),
      contactName: row.contact_name ?? row.name,
      contactPhone: row.contact_phone,
      labels: row.labels,
    };
  }

  return {
    messages: deps.messages,

    async list(
      actor: Actor,
      asked: ConversationsAsked,
      query: { limit?: number; offset?: number; cursor?: string | undefined; pinnedFirst: boolean },
    ) {
      const { assignee, ...rest } = asked;
      await allProfilesOf(db, actor, rest.profileIds ?? []);
      const filter = { ...rest, ...assigned(actor, assignee), ...labelled(rest.label) };
      const { cursor, pinnedFirst } = query;
      const isInPinned = cursor?.startsWith(inPinned) === true;
      const slice = sliceWithNulls({
        ...query,
        ...(isInPinned && { cursor: cursor.slice(inPinned.length) }),
      });
      const after = slice.after && { ...slice.after, isPinned: isInPinned };
      const rows = await store.list(actor, filter, { ...slice, after, pinnedFirst });
      const { shown, next: edge } = cut(slice, rows, ({ last_message_at: at, id }) => ({ at, id }));
      const next = edge && pinnedFirst && shown.at(-1)?.is_pinned ? `${inPinned}${edge}` : edge;
      const isLast = shown.length > 0 && next === null && !slice.after;
      const total = isLast ? slice.offset + shown.length : await store.count(actor, filter);
      return { conversations: shown.map(item), total, cursor: next };
    },

    async get(actor: Actor, id: string, messageLimit: number) {
      const row = await conversationOf(actor, id);
      const [contact, page, more] = await Promise.all([
        store.contactOf(row),
        deps.messages(actor, id, { limit: messageLimit }),
        store.shownWith(id),
      ]);
      if (contact) deps.contactSeen(contact);
      return {
        ...presentConversation(row),
        ...avatarOf(more),
        messages: page.messages,
        contact: contact
          ? {
              id: contact.id,
              profileId: contact.profile_id,
              phone: contact.phone,
              name: contact.name,
              whatsappName: contact.whatsapp_name,
              tags: contact.tags,
            }
          : null,
        contactName: contact?.name ?? contact?.whatsapp_name ?? row.name,
        contactPhone: contact?.phone ?? null,
        labels: more.labels,
      };
    },

    async unreadCount(actor: Actor, profileIds: ProfilesAsked) {
      await allProfilesOf(db, actor, profileIds ?? []);
      const { messages, conversations } = await totals.unread(actor, profileIds);
      return { count: messages, conversations };
    },

    async counts(actor: Actor, profileIds: ProfilesAsked) {
      await allProfilesOf(db, actor, profileIds ?? []);
      const [unread, mine, unassigned, labels] = await Promise.all([
        totals.unread(actor, profileIds),
        totals.mine(actor, actor.userId, profileIds),
        totals.unassigned(actor, profileIds),
        totals.byLabel(actor, profileIds),
      ]);
      return { unread: unread.conversations, unreadMessages: unread.messages, mine, unassigned, labels };
    },
  };
}

export type ConversationService = ReturnType<typeof createConversationService>;

export function assigned(actor: Actor, assignee: string | undefined): Pick<ConversationFilter, 'assignedTo'> {
  if (assignee === undefined) return {};
  if (assignee === 'none') return { assignedTo: null };
  if (assignee === 'me') return { assignedTo: actor.userId };
  if (isUuid(assignee)) return { assignedTo: assignee };
  const details = [{ path: '/assignee', problem: 'must be me, none or the id of a member' }];
  throw new Failure('VALIDATION_ERROR', { details });
}

export function labelled(label: string | undefined): Pick<ConversationFilter, 'label'> {
  if (label === undefined || isUuid(label)) return {};
  throw new Failure('VALIDATION_ERROR', {
    details: [{ path: '/label', problem: 'must be the id of a label' }],
  });
}
