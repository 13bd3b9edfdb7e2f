import Type from 'typebox';
import { Nullable } from '../../http/schema.ts';
import { defineEvent } from '../../platform/events/define.ts';
import { example } from '../../platform/events/example.ts';
import { presentOptOut } from './opt-outs.present.ts';
import { OptOut } from './opt-outs.schema.ts';
import type { OptOutRow } from './opt-outs.store.ts';

const about = { profileId: Nullable(Type.String()), chatId: Nullable(Type.String()), optOut: OptOut };
const { profileId, chatId, messageId, timestamp } = example;
const anOptOut = (revokedAt: string | null) => ({
  ...{ profileId, chatId },
  optOut: {
    ...{ id: '0199d6a2-0718-72a3-8495-b6c7d8e9fa0b', profileId, chatId, phone: '628123456789' },
    ...{ scope: 'marketing', source: 'keyword', messageId, at: timestamp, revokedAt },
  },
});

export const contactOptedOut = defineEvent({
  name: 'contact.opted_out',
  what:
    'Somebody does not want to be sent marketing any more, or nothing at all (`optOut.scope`). Rows of an import are not told one ' +
    'by one.',
  permission: 'contact:read',
  example: anOptOut(null),
  body: Type.Object(about),
});

export const contactOptedIn = defineEvent({
  name: 'contact.opted_in',
  what: 'Somebody who had opted out may be written to again.',
  permission: 'contact:read',
  example: anOptOut(timestamp),
  body: Type.Object(about),
});

/** Of an opt-out, for its events. */
export function eventOf(row: OptOutRow) {
  const optOut = presentOptOut(row);
  return {
    organizationId: row.organization_id,
    profileId: row.profile_id,
    body: { profileId: row.profile_id, chatId: optOut.chatId, optOut },
  };
}
