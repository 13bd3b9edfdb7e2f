import { sql } from 'kysely';
import { afterCommit } from '../../platform/db/transaction.ts';
import type { Keeps } from '../../platform/keeps/keeps.ts';
import { ofOrganization, type Section } from '../../platform/keeps/section.ts';

const profiles: Section = {
  name: 'profiles',
  place: 190,
  table: 'profiles',
  columns: [
    'id',
    'organization_id',
    'workspace_id',
    'account_id',
    'display_name',
    'phone_number',
    'lid',
    'push_name',
    'picture_media_id',
    'picture_of',
    'picture_seen_at',
    'engine',
    'status',
    'status_reason',
    'wanted',
    'logout_asked',
    'retry_count',
    'retry_at',
    'sending_paused_until',
    'sending_pauses',
    'sending_held',
    'restrictions',
    'settings',
    'default_country',
    'drop_statuses',
    'message_delay_ms',
    'message_delay_jitter_ms',
    'daily_message_limit',
    'daily_message_count',
    'daily_reset_at',
    'last_connected_at',
    'status_since',
    'labels',
    'created_at',
    'updated_at',
  ],
  withheld: {
    picture_version: 'WhatsApp’s name of the picture, which is shown',
    pairing: 'a key to the account while it is shown',
    pairing_phone: 'part of a pairing under way',
    pairing_expires_at: 'part of a pairing under way',
  },
  key: [['id', 'uuid']],
  of: ofOrganization,
};

const states: Section = {
  name: 'profileStates',
  place: 191,
  table: 'profile_states',
  columns: ['id', 'profile_id', 'organization_id', 'status', 'reason', 'at'],
  withheld: { node_id: 'which server held its connection' },
  key: [['id', 'bigint']],
  of: ofOrganization,
};

/** `poke` brings a profile to its wanted state, on whichever node has it. */
export function createProfileKeeps({ poke }: { poke(profileId: string): void }): Keeps {
  return {
    sections: { organization: [profiles, states] },
    withheld: {
      profile_leases: 'which server holds a connection',
      profile_history: 'how far the past has been read; the messages are shown',
    },
    hiding: [
      {
        place: 50,
        // Connections end, and devices with stored keys are unlinked.
        async hide(tx, organizationId, now) {
          const { rows } = await sql<{ id: string }>`update profiles set
              logout_asked = logout_asked or wanted
                or exists (select from engine_credentials where engine_credentials.profile_id = profiles.id),
              wanted = false, status = 'disconnected', status_reason = null, retry_at = null, pairing = null,
              pairing_phone = null, pairing_expires_at = null, updated_at = ${now}
            where organization_id = ${organizationId} returning id`.execute(tx);
          afterCommit(tx, () => {
            for (const { id } of rows) poke(id);
          });
        },
      },
    ],
    /** Profiles whose devices are still to be unlinked. */
    async outside(db, organizationId) {
      const rows = await db
        .selectFrom('profiles')
        .select('id')
        .where('organization_id', '=', organizationId)
        .where('logout_asked', '=', true)
        .execute();
      return rows.map(
        ({ id }) =>
          () =>
            poke(id),
      );
    },
    rows: [
      { place: 158, table: 'profile_history', of: ofOrganization },
      { place: 161, table: 'profile_states', of: ofOrganization },
      {
        place: 160,
        table: 'profiles',
        // The node that still holds a connection of a profile closes it.
        async erase(db, organizationId) {
          const rows = await db
            .deleteFrom('profiles')
            .where('organization_id', '=', organizationId)
            .returning('id')
            .execute();
          for (const { id } of rows) poke(id);
          return rows.length;
        },
      },
    ],
    inJobs: ['profiles'],
  };
}
