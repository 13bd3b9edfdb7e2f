import Type from 'typebox';
import { Nullable } from '../../http/schema.ts';
import { defineEvent } from '../../platform/events/define.ts';
import { example } from '../../platform/events/example.ts';
import type { EventRecorder } from '../../platform/events/record.ts';
import { bulkEventFields } from '../bulk-acts/index.ts';
import { presentContact } from './contacts.present.ts';
import { Contact } from './contacts.schema.ts';
import type { ContactRow, PeopleDeps, PersonFact } from './people.store.ts';
import type { Whose } from './whose.ts';

const Text = Type.String();
const contactId = '0199d6a2-a0b1-7c2d-8e3f-405162738495';
const contactExample = (more: object = {}) => ({
  profileId: example.profileId,
  contactId,
  contact: {
    ...{ id: contactId, profileId: example.profileId, phone: '628123456789', chatId: example.chatId },
    ...{
      name: 'Ani',
      whatsappName: 'ani ✨',
      avatarUrl: null,
      avatarThumbnailUrl: null,
      avatarState: 'unknown',
    },
    ...{ about: null, aboutState: 'unknown', lookedAt: null, tags: [], metadata: {}, isBlocked: false },
    ...{ lastMessageAt: null, createdAt: example.timestamp, updatedAt: example.timestamp, ...more },
  },
});
const about = { profileId: Text, contactId: Text, contact: Contact };

export const contactCreated = defineEvent({
  name: 'contact.created',
  what:
    'Somebody was added to the contacts: here, or because they wrote or were written to. An import tells `contact.imported` ' +
    'instead, the past of a phone and its address book `contact.synced`.',
  permission: 'contact:read',
  example: contactExample(),
  body: Type.Object(about),
});

export const contactUpdated = defineEvent({
  name: 'contact.updated',
  what:
    'A contact was changed, here or by the person at WhatsApp; `changed` names the fields, `tagsAdded` and `tagsRemoved` the ' +
    'tags that came and went.',
  permission: 'contact:read',
  example: { ...contactExample({ tags: ['vip'] }), changed: ['tags'], tagsAdded: ['vip'], tagsRemoved: [] },
  body: Type.Object({
    ...{ ...about, changed: Type.Array(Text) },
    ...{ tagsAdded: Type.Optional(Type.Array(Text)), tagsRemoved: Type.Optional(Type.Array(Text)) },
  }),
});

export const contactDeleted = defineEvent({
  name: 'contact.deleted',
  what: 'A contact was deleted. The conversation with that person stays, under its number.',
  permission: 'contact:read',
  example: contactExample(),
  body: Type.Object(about),
});

export const contactMerged = defineEvent({
  name: 'contact.merged',
  what: 'Two contacts turned out to be one person: `mergedId` is now `contactId`.',
  permission: 'contact:read',
  example: { ...contactExample(), mergedId: '0199d6a2-c3d4-7e5f-9061-728394a5b6c7' },
  body: Type.Object({ ...about, mergedId: Text }),
});

export const contactBlocked = defineEvent({
  name: 'contact.blocked',
  what: 'Somebody was blocked, here or on the phone: nothing of theirs arrives.',
  permission: 'contact:read',
  example: contactExample({ isBlocked: true }),
  body: Type.Object(about),
});

export const contactUnblocked = defineEvent({
  name: 'contact.unblocked',
  what: 'Somebody is blocked no longer.',
  permission: 'contact:read',
  example: contactExample(),
  body: Type.Object(about),
});

export const contactsImported = defineEvent({
  name: 'contact.imported',
  what: 'An import goes on (`status` is `running`, every ten thousand rows) or has ended.',
  permission: 'contact:read',
  example: {
    ...{ profileId: example.profileId, importId: '0199d6a2-d4e5-7f60-8172-8394a5b6c7d8', status: 'done' },
    ...{ isDryRun: false, rowsRead: 250, created: 240, updated: 8, failed: 2, error: null },
  },
  body: Type.Object({
    ...{ profileId: Text, importId: Text, status: Text, isDryRun: Type.Boolean(), rowsRead: Type.Integer() },
    ...{ created: Type.Integer(), updated: Type.Integer(), failed: Type.Integer(), error: Nullable(Text) },
  }),
});

export const contactsChanged = defineEvent({
  name: 'contact.bulk',
  what:
    'One change of many contacts goes on (`status` is `running`, every two seconds at most) or has ended. No event tells of ' +
    'each, unless they are deleted.',
  permission: 'contact:read',
  example: {
    ...{ profileId: example.profileId, bulkId: '0199d6a2-e5f6-7071-8293-94a5b6c7d8e9', act: 'add-tags' },
    ...{ tags: ['market'], status: 'done', total: 250, done: 250, changed: 248, failed: 0 },
  },
  body: Type.Object({ ...bulkEventFields, profileId: Text, tags: Type.Array(Text) }),
});

export const contactsSynced = defineEvent({
  name: 'contact.synced',
  what:
    'A part of what the phone has was taken over: how many contacts are new and how many were there. `source` is `history` ' +
    '(the chats of its past) or `address-book`. No event tells of each.',
  permission: 'contact:read',
  example: { profileId: example.profileId, source: 'history', created: 40, updated: 2 },
  body: Type.Object({ profileId: Text, source: Text, created: Type.Integer(), updated: Type.Integer() }),
});

export const contactEvents = [
  contactsSynced,
  contactCreated,
  contactUpdated,
  contactDeleted,
  contactMerged,
  contactBlocked,
  contactUnblocked,
  contactsImported,
  contactsChanged,
];

/** Tells of contacts that changed by what the network says, for `PeopleDeps`. */
export function tellOfPeople(recorder: Pick<EventRecorder, 'recordAll'>): PeopleDeps['tell'] {
  return (tx, facts) => recorder.recordAll(tx, facts.map(eventOfFact));
}

function eventOfFact(fact: PersonFact) {
  switch (fact.is) {
    case 'updated':
      return { definition: contactUpdated, ...eventOf(fact.contact, { changed: fact.changed }) };
    case 'merged':
      return { definition: contactMerged, ...eventOf(fact.contact, { mergedId: fact.mergedId }) };
    default:
      return {
        definition: fact.is === 'created' ? contactCreated : contactDeleted,
        ...eventOf(fact.contact),
      };
  }
}

/** One event for many contacts that the phone has; none when there are none. */
export function syncedEvent(
  { organizationId, profileId }: Whose,
  of: { source: 'history' | 'address-book'; created: number; updated: number },
) {
  const isNews = of.created + of.updated > 0;
  return isNews
    ? [{ definition: contactsSynced, organizationId, profileId, body: { profileId, ...of } }]
    : [];
}

/** Of a contact, for its events. */
export function eventOf<More extends object>(row: ContactRow, more?: More) {
  return {
    organizationId: row.organization_id,
    profileId: row.profile_id,
    body: {
      profileId: row.profile_id,
      contactId: row.id,
      contact: presentContact({ ...row, talked_at: null }),
      ...(more as More),
    },
  };
}

/** Which tags came and went; nothing where they are the same. */
export function tagsChanged(before: readonly string[], after: readonly string[]) {
  const tagsAdded = after.filter((tag) => !before.includes(tag));
  const tagsRemoved = before.filter((tag) => !after.includes(tag));
  return tagsAdded.length + tagsRemoved.length > 0 ? { tagsAdded, tagsRemoved } : {};
}
