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
import * as webhookChoices from './0044-webhook-choices.ts';
import * as webhookReplays from './0045-webhook-replays.ts';
import * as mediaPlaces from './0046-media-places.ts';
import * as messageTraces from './0047-message-traces.ts';
import * as integrations from './0048-integrations.ts';
import * as chatwoot from './0049-chatwoot.ts';
import * as typebot from './0050-typebot.ts';
import * as contactLooks from './0051-contact-looks.ts';
import * as awaitedStars from './0052-awaited-stars.ts';
import * as campaignSends from './0054-campaign-sends.ts';
import * as broadcasts from './0055-broadcasts.ts';
import * as templates from './0058-templates.ts';
import * as consent from './0059-consent.ts';
import * as sendingPolicy from './0060-sending-policy.ts';
import * as statistics from './0061-statistics.ts';
import * as contactCounts from './0062-contact-counts.ts';
import * as automation from './0064-automation.ts';
import * as autoreply from './0065-autoreply.ts';
import * as hooksStart from './0066-hooks-start.ts';
import * as pausedSending from './0067-paused-sending.ts';
import * as statisticsZones from './0068-statistics-zones.ts';
import * as campaignAnswers from './0069-campaign-answers.ts';
import * as contactBulks from './0070-contact-bulks.ts';
import * as profilePictures from './0071-profile-pictures.ts';
import * as bulkActs from './0072-bulk-acts.ts';
import * as campaignParts from './0073-campaign-parts.ts';
import * as campaignVariants from './0075-campaign-variants.ts';
import * as organizationDays from './0076-organization-days.ts';
import * as automationDrafts from './0077-automation-drafts.ts';
import * as quickReplyFiles from './0078-quick-reply-files.ts';
import * as automationDues from './0083-automation-dues.ts';
import * as quickRepliesOfAll from './0084-quick-replies-of-all.ts';
import * as ai from './0088-ai.ts';
import * as aiReplies from './0089-ai-replies.ts';
import * as knowledge from './0093-knowledge.ts';
import * as knowledgeVectors from './0094-knowledge-vectors.ts';
import * as profileStates from './0098-profile-states.ts';
import * as contactTokenList from './0099-contact-token-list.ts';
import * as mediaRemovalsBegun from './0100-media-removals-begun.ts';

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
  '0040-notifications': notifications,
  '0041-notification-channels': notificationChannels,
  '0042-hooks': hooks,
  '0043-settings': settings,
  '0044-webhook-choices': webhookChoices,
  '0045-webhook-replays': webhookReplays,
  '0046-media-places': mediaPlaces,
  '0047-message-traces': messageTraces,
  '0048-integrations': integrations,
  '0049-chatwoot': chatwoot,
  '0050-typebot': typebot,
  '0051-contact-looks': contactLooks,
  '0052-awaited-stars': awaitedStars,
  '0054-campaign-sends': campaignSends,
  '0055-broadcasts': broadcasts,
  '0058-templates': templates,
  '0059-consent': consent,
  '0060-sending-policy': sendingPolicy,
  '0061-statistics': statistics,
  '0062-contact-counts': contactCounts,
  '0064-automation': automation,
  '0065-autoreply': autoreply,
  '0066-hooks-start': hooksStart,
  '0067-paused-sending': pausedSending,
  '0068-statistics-zones': statisticsZones,
  '0069-campaign-answers': campaignAnswers,
  '0070-contact-bulks': contactBulks,
  '0071-profile-pictures': profilePictures,
  '0072-bulk-acts': bulkActs,
  '0073-campaign-parts': campaignParts,
  '0075-campaign-variants': campaignVariants,
  '0076-organization-days': organizationDays,
  '0077-automation-drafts': automationDrafts,
  '0078-quick-reply-files': quickReplyFiles,
  '0083-automation-dues': automationDues,
  '0084-quick-replies-of-all': quickRepliesOfAll,
  '0088-ai': ai,
  '0089-ai-replies': aiReplies,
  '0093-knowledge': knowledge,
  '0094-knowledge-vectors': knowledgeVectors,
  '0098-profile-states': profileStates,
  '0099-contact-token-list': contactTokenList,
  '0100-media-removals-begun': mediaRemovalsBegun,
};
