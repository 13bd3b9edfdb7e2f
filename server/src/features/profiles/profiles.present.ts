import type { Static } from 'typebox';
import type { ProfileStatus } from './connection-table.ts';
import type { Profile, ProfileStatusAnswer } from './profiles.schema.ts';
import type { ProfileRow } from './profiles.store.ts';
import type { ProfileSeen } from './profiles-seen.store.ts';
import { current } from './restrictions.ts';
import { statusReasonOf } from './status-reasons.ts';

const iso = (moment: Date | null) => moment?.toISOString() ?? null;

/** The sentence, and what it says to programs. */
export function presentReason(sentence: string | null) {
  const reason = statusReasonOf(sentence);
  return {
    statusReason: sentence,
    statusReasonCode: reason?.code ?? null,
    statusReasonParams: reason?.params ?? {},
  };
}

const nothingTold = { state: 'none', percent: 0, messages: 0, conversations: 0 };

/** A link to a picture of ours. */
export type PictureLink = (mediaId: string) => string;

/** A profile as clients see it, with the older names beside ours and no secret in it. */
export function presentProfile(
  row: ProfileRow | ProfileSeen,
  now: Date,
  pictureLink: PictureLink,
): Static<typeof Profile> {
  const { picture_media_id: picture } = row;
  return {
    id: row.id,
    organizationId: row.organization_id,
    workspaceId: row.workspace_id,
    accountId: row.account_id,
    name: row.display_name,
    displayName: row.display_name,
    phone: row.phone_number,
    phoneNumber: row.phone_number,
    pushName: row.push_name,
    profilePicUrl: picture && row.picture_of === row.phone_number ? pictureLink(picture) : null,
    engine: row.engine,
    status: row.status as ProfileStatus,
    ...presentReason(row.status_reason),
    sendingPaused: row.sending_held,
    statusSince: row.status_since.toISOString(),
    retryAt: iso(row.retry_at),
    labels: row.labels,
    sendingPausedUntil: iso(row.sending_paused_until),
    restrictions: current(row.restrictions, now),
    settings: row.settings,
    defaultCountry: row.default_country,
    dropStatuses: row.drop_statuses,
    messageDelayMs: row.message_delay_ms,
    messageDelayJitterMs: row.message_delay_jitter_ms,
    dailyMessageLimit: row.daily_message_limit,
    dailyMessageCount: row.daily_message_count,
    dailyResetAt: iso(row.daily_reset_at),
    lastConnectedAt: iso(row.last_connected_at),
    createdAt: row.created_at.toISOString(),
    updatedAt: row.updated_at.toISOString(),
    ...('history' in row && { history: row.history ?? nothingTold }),
    ...('workspace' in row && {
      ...{ workspace: row.workspace, messageCount: Number(row.message_count), nodeId: row.node_id },
      ...{ queued: Number(row.queued), today: row.today },
    }),
  };
}

export function presentStatus(row: ProfileRow, now: Date): Static<typeof ProfileStatusAnswer> {
  return {
    id: row.id,
    name: row.display_name,
    status: row.status as ProfileStatus,
    ...presentReason(row.status_reason),
    sendingPaused: row.sending_held,
    statusSince: row.status_since.toISOString(),
    retryAt: iso(row.retry_at),
    sendingPausedUntil: iso(row.sending_paused_until),
    restrictions: current(row.restrictions, now),
    phone: row.phone_number,
    lastConnectedAt: iso(row.last_connected_at),
    engineConnected: row.status === 'connected',
  };
}
