import Type from 'typebox';
import { Nullable } from '../../http/schema.ts';
import { defineEvent } from '../../platform/events/define.ts';
import { example } from '../../platform/events/example.ts';
import { factsInBody } from '../../platform/events/facts.ts';
import type { ScheduledRow } from './schedule.store.ts';

const Text = Type.String();
const NullableText = Nullable(Text);
const aboutExample = {
  ...{ profileId: example.profileId, scheduledMessageId: '0199d6a2-e5f6-7061-8273-94a5b6c7d8e9' },
  ...{ to: example.chatId, chatId: example.chatId, type: 'text', scheduledAt: '2026-02-06T08:00:00.000Z' },
  ...{ status: 'scheduled', clientReference: 'order-17', timestamp: example.timestamp },
};
const facts = ({ body }: { body: object }) => ({ ...factsInBody(body), direction: 'outgoing' });
const about = {
  profileId: Text,
  scheduledMessageId: Text,
  to: Text,
  chatId: Text,
  type: Text,
  scheduledAt: Text,
  status: Text,
  clientReference: NullableText,
  timestamp: Text,
};

export const messageScheduled = defineEvent({
  name: 'message.scheduled',
  what: 'A message was scheduled, or one that was scheduled has changed. At its time `message.queued` follows.',
  permission: 'message:read',
  example: aboutExample,
  body: Type.Object(about),
  facts,
});

export const messageUnscheduled = defineEvent({
  name: 'message.unscheduled',
  what:
    'A scheduled message will not be sent: it was cancelled, or could not be handed over at its time (`status` is `failed`; ' +
    '`code` and `error` say why).',
  permission: 'message:read',
  example: {
    ...aboutExample,
    status: 'failed',
    code: 'PROFILE_NOT_FOUND',
    error: 'Profile not found',
  },
  body: Type.Object({ ...about, code: NullableText, error: NullableText }),
  facts,
});

/** Of a scheduled message, for its events. */
export function eventOf(row: ScheduledRow) {
  return {
    organizationId: row.organization_id,
    profileId: row.profile_id,
    body: {
      profileId: row.profile_id,
      scheduledMessageId: row.id,
      to: row.chat,
      chatId: row.chat,
      type: row.type,
      scheduledAt: row.scheduled_at.toISOString(),
      status: row.status,
      clientReference: row.client_reference,
      timestamp: row.updated_at.toISOString(),
      code: row.error_code,
      error: row.error,
    },
  };
}
