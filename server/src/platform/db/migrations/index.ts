import type { Migration } from 'kysely/migration';
import * as foundation from './0001-foundation.ts';
import * as identity from './0002-identity.ts';
import * as addresses from './0003-addresses.ts';
import * as messageChanges from './0004-message-changes.ts';
import * as chats from './0005-chats.ts';
import * as idempotencyCallers from './0006-idempotency-callers.ts';
import * as signInPlaces from './0007-sign-in-places.ts';
import * as webhookPrivacy from './0008-webhook-privacy.ts';
import * as pausesAndNodes from './0010-pauses-and-nodes.ts';
import * as messageOrigins from './0011-message-origins.ts';
import * as messagesById from './0012-messages-by-id.ts';
import * as messageCounts from './0013-message-counts.ts';
import * as messageKinds from './0014-message-kinds.ts';
import * as outbox from './0015-outbox.ts';
import * as media from './0017-media.ts';
import * as messageDeeds from './0018-message-deeds.ts';
import * as uploads from './0019-uploads.ts';
import * as messageFiles from './0020-message-files.ts';
import * as schedule from './0021-schedule.ts';
import * as messageAnswers from './0022-message-answers.ts';
import * as history from './0023-history.ts';
import * as memberReceipts from './0024-member-receipts.ts';
import * as contacts from './0025-contacts.ts';
import * as contactImports from './0026-contact-imports.ts';
import * as addressBooks from './0027-address-books.ts';
import * as chatStates from './0028-chat-states.ts';
import * as inbox from './0029-inbox.ts';
import * as groups from './0031-groups.ts';
import * as statusPosts from './0034-status-posts.ts';
import * as messageMarks from './0035-message-marks.ts';
import * as profileRestrictions from './0036-profile-restrictions.ts';
import * as messageWords from './0037-message-words.ts';
import * as namesByTrigram from './0038-names-by-trigram.ts';
import * as presenceSubscriptions from './0039-presence-subscriptions.ts';
import * as notifications from './0040-notifications.ts';
import * as notificationChannels from './0041-notification-channels.ts';
import * as hooks from './0042-hooks.ts';
import * as settings from './0043-settings.ts';
import * as campaignSends from './0054-campaign-sends.ts';
import * as broadcasts from './0055-broadcasts.ts';
import * as templates from './0058-templates.ts';
import * as consent from './0059-consent.ts';
import * as sendingPolicy from './0060-sending-policy.ts';

/** Every migration by name, in order; a static map so that a bundle carries them. Forward only. */
export const migrations: Record<string, Migration> = {
  '0001-foundation': foundation,
  '0002-identity': identity,
  '0003-addresses': addresses,
  '0004-message-changes': messageChanges,
  '0005-chats': chats,
  '0006-idempotency-callers': idempotencyCallers,
  '0007-sign-in-places': signInPlaces,
  '0008-webhook-privacy': webhookPrivacy,
  '0010-pauses-and-nodes': pausesAndNodes,
  '0011-message-origins': messageOrigins,
  '0012-messages-by-id': messagesById,
  '0013-message-counts': messageCounts,
  '0014-message-kinds': messageKinds,
  '0015-outbox': outbox,
  '0017-media': media,
  '0018-message-deeds': messageDeeds,
  '0019-uploads': uploads,
  '0020-message-files': messageFiles,
  '0021-schedule': schedule,
  '0022-message-answers': messageAnswers,
  '0023-history': history,
  '0024-member-receipts': memberReceipts,
  '0025-contacts': contacts,
  '0026-contact-imports': contactImports,
  '0027-address-books': addressBooks,
  '0028-chat-states': chatStates,
  '0029-inbox': inbox,
  '0031-groups': groups,
  '0034-status-posts': statusPosts,
  '0035-message-marks': messageMarks,
  '0036-profile-restrictions': profileRestrictions,
  '0037-message-words': messageWords,
  '0038-names-by-trigram': namesByTrigram,
  '0039-presence-subscriptions': presenceSubscriptions,
  '0042-hooks': hooks,
  '0043-settings': settings,
  '0040-notifications': notifications,
  '0041-notification-channels': notificationChannels,
  '0054-campaign-sends': campaignSends,
  '0055-broadcasts': broadcasts,
  '0058-templates': templates,
  '0059-consent': consent,
  '0060-sending-policy': sendingPolicy,
};
