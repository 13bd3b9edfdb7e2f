import type { Static } from 'typebox';
import type { ProfileStatus } from './connection-table.ts';
import type { Profile, ProfileStatusAnswer } from './profiles.schema.ts';
import type { ProfileRow, ProfileWithWorkspace } from './profiles.store.ts';
import { current } from './restrictions.ts';

const iso = (moment: Date | null) => moment?.toISOString() ?? null;

const nothingTold = { state: 'none', percent: 0, messages: 0, conversations: 0 };

/** A profile as clients see it, with the older names beside ours and no secret in it. */
export function presentProfile(row: ProfileRow | ProfileWithWorkspace, now: Date): Static<typeof Profile> {
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
    profilePicUrl: row.profile_pic_url,
    engine: row.engine,
    status: row.status as ProfileStatus,
    statusReason: row.status_reason,
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
    ...('workspace' in row && { workspace: row.workspace, messageCount: Number(row.message_count) }),
  };
}

export function presentStatus(row: ProfileRow, now: Date): Static<typeof ProfileStatusAnswer> {
  return {
    id: row.id,
    name: row.display_name,
    status: row.status as ProfileStatus,
    statusReason: row.status_reason,
    sendingPausedUntil: iso(row.sending_paused_until),
    restrictions: current(row.restrictions, now),
    phone: row.phone_number,
    lastConnectedAt: iso(row.last_connected_at),
    engineConnected: row.status === 'connected',
  };
}
