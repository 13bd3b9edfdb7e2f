import type { Actor } from '../../platform/actor.ts';
import type { Db } from '../../platform/db/transaction.ts';
import { Failure } from '../../platform/failures.ts';
import { knowsProfile } from '../../platform/known-profiles.store.ts';
import type { Permission } from '../../platform/permissions.ts';
import { reachOf } from '../../platform/reach.ts';
import type { Tenancy } from '../../platform/tenancy.ts';
import { type Find, nothingToLookFor } from './find.ts';
import type {
  BroadcastFound,
  ContactFound,
  ConversationFound,
  PeopleStore,
  ProfileFound,
} from './people.store.ts';
import { writtenTermsOf } from './terms.ts';

const limitUsual = 5;
const limitMax = 20;
/** What the groups ask for. */
const permissions = [
  'message:read',
  'contact:read',
  'profile:read',
  'broadcast:read',
] as const satisfies Permission[];

/** Looks everywhere at once, each group with the permission that its own lists ask for. */
export function createSearchService(deps: { db: Db; find: Find; people: PeopleStore }) {
  const { db, find, people } = deps;

  /** A profile is there for who may read anything of it. */
  async function assertSeen(actor: Actor, profileId: string): Promise<void> {
    for (const permission of permissions) {
      const reach = reachOf(actor, permission);
      if (reach && (await knowsProfile(db, { organizationId: actor.organizationId, reach }, profileId)))
        return;
    }
    throw new Failure('PROFILE_NOT_FOUND');
  }

  return {
    /** @throws Failure VALIDATION_ERROR, PROFILE_NOT_FOUND */
    async everything(actor: Actor, query: { q: string; profileId?: string; limit?: number }) {
      const limit = Math.min(Math.max(query.limit ?? limitUsual, 1), limitMax);
      const terms = writtenTermsOf(query.q);
      const { profileId } = query;
      const whole = { organizationId: actor.organizationId };
      if (terms.length === 0) throw nothingToLookFor();
      if (profileId) await assertSeen(actor, profileId);
      const coverage = await find.coverage(actor.organizationId);
      /** The part of the organisation where the caller has a permission; undefined when that is nowhere. */
      const tenancyFor = (permission: Permission): Tenancy | undefined => {
        const reach = reachOf(actor, permission);
        if (!reach) return undefined;
        const only = profileId
          ? { only: reach.only ? reach.only.filter((id) => id === profileId) : [profileId] }
          : {};
        return { ...whole, reach: { ...reach, ...only } };
      };
      const within = async <T>(permission: Permission, look: (tenancy: Tenancy) => Promise<T[]>) => {
        const tenancy = tenancyFor(permission);
        return tenancy ? look(tenancy) : [];
      };
      const isIndexed = coverage !== 'recent';
      const [messages, conversations, contacts, profiles, broadcasts] = await Promise.all([
        within(
          'message:read',
          async (tenancy) => (await find.messages(tenancy, { q: query.q, limit })).results,
        ),
        within('message:read', (tenancy) => people.conversations(tenancy, terms, isIndexed, limit)),
        within('contact:read', (tenancy) => people.contacts(tenancy, terms, isIndexed, limit)),
        within('profile:read', (tenancy) => people.profiles(tenancy, terms, limit)),
        within('broadcast:read', (tenancy) => people.broadcasts(tenancy, terms, limit)),
      ]);
      return {
        messages,
        conversations: conversations.map(presentConversation),
        contacts: contacts.map(presentContact),
        profiles: profiles.map(presentProfile),
        broadcasts: broadcasts.map(presentBroadcast),
        coverage,
      };
    },
  };
}

export type SearchService = ReturnType<typeof createSearchService>;

function presentConversation(row: ConversationFound) {
  return {
    id: row.id,
    profileId: row.profile_id,
    contactId: row.contact_id,
    chatId: row.chat,
    type: row.type,
    name: row.name,
    unreadCount: row.unread_count,
    lastMessageAt: row.last_message_at?.toISOString() ?? null,
  };
}

function presentContact(row: ContactFound) {
  const { id, phone, lid, name, tags } = row;
  return { id, profileId: row.profile_id, phone, lid, name, whatsappName: row.whatsapp_name, tags };
}

function presentProfile(row: ProfileFound) {
  const { id, status } = row;
  return { id, workspaceId: row.workspace_id, name: row.display_name, phone: row.phone_number, status };
}

function presentBroadcast({ id, name, status, ...row }: BroadcastFound) {
  return { id, profileId: row.profile_id, name, status, createdAt: row.created_at.toISOString() };
}
