import Type from 'typebox';
import { Nullable } from '../../http/schema.ts';
import { defineEvent } from '../../platform/events/define.ts';
import { presentContact } from './contacts.present.ts';
import { Contact } from './contacts.schema.ts';
import type { ContactRow } from './people.store.ts';

const Text = Type.String();
const about = { profileId: Text, contactId: Text, contact: Contact };

export const contactCreated = defineEvent({
  name: 'contact.created',
  what:
    'Somebody was added to the contacts. An import tells `contact.imported` once instead, and whoever writes to the profile ' +
    'is told by `message.received`.',
  permission: 'contact:read',
  body: Type.Object(about),
});

export const contactUpdated = defineEvent({
  name: 'contact.updated',
  what: 'A contact was changed here; `changed` names the fields.',
  permission: 'contact:read',
  body: Type.Object({ ...about, changed: Type.Array(Text) }),
});

export const contactDeleted = defineEvent({
  name: 'contact.deleted',
  what: 'A contact was deleted. The conversation with that person stays, under its number.',
  permission: 'contact:read',
  body: Type.Object(about),
});

export const contactMerged = defineEvent({
  name: 'contact.merged',
  what: 'Two contacts turned out to be one person: `mergedId` is now `contactId`.',
  permission: 'contact:read',
  body: Type.Object({ ...about, mergedId: Text }),
});

export const contactBlocked = defineEvent({
  name: 'contact.blocked',
  what: 'Somebody was blocked, here or on the phone: nothing of theirs arrives.',
  permission: 'contact:read',
  body: Type.Object(about),
});

export const contactUnblocked = defineEvent({
  name: 'contact.unblocked',
  what: 'Somebody is blocked no longer.',
  permission: 'contact:read',
  body: Type.Object(about),
});

export const contactsImported = defineEvent({
  name: 'contact.imported',
  what: 'An import goes on (`status` is `running`, every ten thousand rows) or has ended.',
  permission: 'contact:read',
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
