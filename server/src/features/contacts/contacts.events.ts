import Type from 'typebox';
import { Nullable } from '../../http/schema.ts';
import { defineEvent } from '../../platform/events/define.ts';
import { example } from '../../platform/events/example.ts';
import { presentContact } from './contacts.present.ts';
import { Contact } from './contacts.schema.ts';
import type { ContactRow } from './people.store.ts';

const Text = Type.String();
const contactId = '0199d6a2-a0b1-7c2d-8e3f-405162738495';
const contactExample = (more: object = {}) => ({
  profileId: example.profileId,
  contactId,
  contact: {
    ...{ id: contactId, profileId: example.profileId, phone: '628123456789', chatId: example.chatId },
    ...{ name: 'Ani', whatsappName: 'ani ✨', avatarUrl: null, tags: [], metadata: {}, isBlocked: false },
    ...{ lastMessageAt: null, createdAt: example.timestamp, updatedAt: example.timestamp, ...more },
  },
});
const about = { profileId: Text, contactId: Text, contact: Contact };

export const contactCreated = defineEvent({
  name: 'contact.created',
  what:
    'Somebody was added to the contacts. An import tells `contact.imported` once instead, and whoever writes to the profile ' +
    'is told by `message.received`.',
  permission: 'contact:read',
  example: contactExample(),
  body: Type.Object(about),
});

export const contactUpdated = defineEvent({
  name: 'contact.updated',
  what: 'A contact was changed here; `changed` names the fields.',
  permission: 'contact:read',
  example: { ...contactExample({ tags: ['vip'] }), changed: ['tags'] },
  body: Type.Object({ ...about, changed: Type.Array(Text) }),
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

export const contactEvents = [
  contactCreated,
  contactUpdated,
  contactDeleted,
  contactMerged,
  contactBlocked,
  contactUnblocked,
  contactsImported,
];

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
