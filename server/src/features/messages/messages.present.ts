import type { Selectable } from 'kysely';
import { later } from '../../platform/clock.ts';
import type { MessageStatus } from './message-status.ts';
import type { MessageView, SendAnswerBody } from './messages.schema.ts';
import type { MessagesTable, StoredAnswer, StoredReaction } from './messages.tables.ts';
import { presentOrigin } from './origin.ts';

export type MessageRow = Selectable<MessagesTable>;

/** A reaction as clients see it. */
export function presentReaction({ emoji, sender, name, fromMe, at }: StoredReaction) {
  return { emoji, senderJid: sender, senderName: name, fromMe, timestamp: at };
}

/** Of each option, who votes for it. */
function tally(options: readonly unknown[], answers: readonly StoredAnswer[]) {
  return options.map((option, index) => {
    const voters = answers
      .filter((answer) => answer.options?.includes(index))
      .map(({ sender, name, fromMe, at }) => ({
        senderJid: sender,
        senderName: name,
        fromMe,
        timestamp: at,
      }));
    return { option: String(option), count: voters.length, voters };
  });
}

/** Whether somebody comes to an event. */
export function presentResponse({ sender, name, fromMe, at, response = '', guests = 0 }: StoredAnswer) {
  return { senderJid: sender, senderName: name, fromMe, response, guests, timestamp: at };
}

function presentMarks({ marks, revoked_at }: MessageRow) {
  const { pinned, kept, starred } = (revoked_at ? null : marks) ?? {};
  return {
    pinned: pinned?.until
      ? { by: pinned.by, fromMe: pinned.fromMe, at: pinned.at, until: pinned.until }
      : null,
    kept: kept?.is ? { by: kept.by, fromMe: kept.fromMe, at: kept.at } : null,
    starred: starred?.is === true,
  };
}

/** Without what only the engine needs. */
export function shown({ secret: _, raw: __, ...content }: Record<string, unknown>): Record<string, unknown> {
  return content;
}

const optionsOf = ({ content, revoked_at }: MessageRow): unknown[] =>
  !revoked_at && Array.isArray(content.options) ? content.options : [];

/** A message as clients see it. */
export function presentMessage(row: MessageRow, conversation?: Record<string, unknown>): MessageView {
  return {
    id: row.id,
    profileId: row.profile_id,
    conversationId: row.conversation_id,
    messageId: row.wa_message_id,
    waMessageId: row.wa_message_id,
    direction: row.direction as 'incoming' | 'outgoing',
    senderJid: row.sender,
    senderName: row.sender_name,
    type: row.type,
    content: row.revoked_at ? {} : shown(row.content),
    originalContent: row.revoked_at || !row.original_content ? null : shown(row.original_content),
    editedAt: row.edited_at?.toISOString() ?? null,
    revokedAt: row.revoked_at?.toISOString() ?? null,
    revokedBy: row.revoked_by,
    reactions: (row.reactions ?? []).map(presentReaction),
    ...(row.type === 'poll' && { votes: tally(optionsOf(row), row.answers ?? []) }),
    ...(row.type === 'event' && { responses: (row.answers ?? []).map(presentResponse) }),
    ...presentMarks(row),
    quotedMessageId: row.quoted_message_id,
    status: row.status as MessageStatus,
    failureCode: row.failure_code,
    failureReason: row.failure_reason,
    origin: presentOrigin(row),
    clientReference: row.client_reference,
    retryOf: row.retry_of,
    metadata: row.metadata,
    expiration: row.expiration,
    expiresAt: row.expiration === null ? null : later(row.timestamp, row.expiration * 1000).toISOString(),
    timestamp: row.timestamp.toISOString(),
    createdAt: row.created_at.toISOString(),
    updatedAt: row.updated_at.toISOString(),
    ...(conversation && { conversation }),
  };
}

/** What the sender of a message is told of it. */
export type SentRow = Pick<
  MessageRow,
  | 'id'
  | 'wa_message_id'
  | 'conversation_id'
  | 'status'
  | 'timestamp'
  | 'failure_code'
  | 'failure_reason'
  | 'client_reference'
>;

/** The answer of every send. */
export function presentSend(row: SentRow): SendAnswerBody {
  const failed = row.status === 'failed' || row.status === 'expired';
  return {
    success: !failed,
    messageId: row.id,
    waMessageId: row.wa_message_id,
    conversationId: row.conversation_id,
    status: row.status as MessageStatus,
    timestamp: row.timestamp.toISOString(),
    ...(row.client_reference !== null && { clientReference: row.client_reference }),
    ...(failed && row.failure_reason && { error: row.failure_reason }),
    ...(failed && row.failure_code && { errorCode: row.failure_code }),
  };
}

/** A message whose row came as JSON from inside another query. */
export function presentStored(json: Record<string, unknown>): Record<string, unknown> {
  const moment = (value: unknown) => new Date(String(value));
  const row = {
    ...json,
    edited_at: json.edited_at === null ? null : moment(json.edited_at),
    revoked_at: json.revoked_at === null ? null : moment(json.revoked_at),
    timestamp: moment(json.timestamp),
    created_at: moment(json.created_at),
    updated_at: moment(json.updated_at),
  };
  return presentMessage(row as unknown as MessageRow);
}
