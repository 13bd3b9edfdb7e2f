import { sql } from 'kysely';
import { within } from '../../platform/keeps/erasure.ts';
import type { Keeps } from '../../platform/keeps/keeps.ts';
import { ofOrganization } from '../../platform/keeps/section.ts';

const heldBack = 'shown with masks in place of secrets';
/** A column with what is encrypted in it masked. */
const masked = (column: string) =>
  sql`regexp_replace(${sql.ref(column)}::text, '[{]"sealed": "[^"]*"[}]', '"********"', 'g')::jsonb`;

export const automationKeeps: Keeps = {
  sections: {
    organization: [
      {
        name: 'automations',
        place: 263,
        table: 'automations',
        columns: [
          ...['id', 'organization_id', 'profile_id', 'kind', 'name', 'is_active', 'priority', 'trigger_type'],
          ...['trigger_config', 'conditions', 'cooldown_secs', 'max_triggers_per_day'],
          ...['settings', 'version', 'problems', 'created_at', 'updated_at'],
          ...['draft_of', 'draft_at', 'draft_by'],
        ],
        withheld: { actions: heldBack, graph: heldBack, draft: heldBack },
        derived: { actions: masked('actions'), graph: masked('graph'), draft: masked('draft') },
        key: [['id', 'uuid']],
        of: ofOrganization,
      },
      {
        name: 'automationVersions',
        place: 268,
        table: 'automation_versions',
        columns: ['automation_id', 'version', 'published_by', 'note', 'changes', 'created_at'],
        withheld: { program: 'made of the definition', definition: heldBack },
        derived: { definition: masked('definition') },
        key: [
          ['automation_id', 'uuid'],
          ['version', 'integer'],
        ],
        of: within('automation_id', 'automations'),
      },
      {
        name: 'automationRuns',
        place: 264,
        table: 'automation_runs',
        columns: [
          ...[
            'id',
            'automation_id',
            'hook',
            'version',
            'organization_id',
            'profile_id',
            'chat',
            'status',
            'node',
          ],
          ...[
            'state',
            'wake_at',
            'waiting_for',
            'steps',
            'trigger',
            'error',
            'started_at',
            'ended_at',
            'expires_at',
          ],
        ],
        withheld: {
          seq: 'our own order',
          who: 'made of the chat',
          is_exclusive: 'made of the automation',
          origin_event: 'about our own events',
        },
        key: [['id', 'uuid']],
        of: ofOrganization,
      },
      {
        name: 'automationChats',
        place: 265,
        table: 'automation_chats',
        columns: [
          ...[
            'profile_id',
            'chat',
            'organization_id',
            'handling',
            'handling_until',
            'handled_by',
            'silent_until',
          ],
          ...['day', 'day_count', 'updated_at'],
        ],
        withheld: {
          tokens: 'our own counting',
          tokens_at: 'our own counting',
          last_text: 'a hash of a message that is exported',
          same_count: 'our own counting',
          quick_count: 'our own counting',
        },
        key: [
          ['profile_id', 'uuid'],
          ['chat', 'text'],
        ],
        of: ofOrganization,
      },
    ],
  },
  withheld: {
    automation_counts: 'made of the runs',
    automation_limits: 'made of the runs',
    automation_dues: 'made of messages and automations that are exported',
    automation_causes: 'about our own events',
    automation_steps: 'they repeat the messages that were made of them',
  },
  ofPerson: [
    {
      place: 55,
      async erase(tx, { id }) {
        const { numUpdatedRows } = await tx
          .updateTable('automation_chats')
          .set({ handled_by: null })
          .where('handled_by', '=', id)
          .executeTakeFirst();
        const drafts = await tx
          .updateTable('automations')
          .set({ draft_by: null })
          .where('draft_by', '=', id)
          .executeTakeFirst();
        const versions = await tx
          .updateTable('automation_versions')
          .set({ published_by: null })
          .where('published_by', '=', id)
          .executeTakeFirst();
        return Number(numUpdatedRows + drafts.numUpdatedRows + versions.numUpdatedRows);
      },
    },
  ],
  hiding: [
    {
      place: 33,
      async hide(tx, organizationId, now) {
        await tx
          .updateTable('automations')
          .set({ is_active: false, updated_at: now })
          .where('organization_id', '=', organizationId)
          .execute();
        await tx.deleteFrom('automation_dues').where('organization_id', '=', organizationId).execute();
        await tx
          .updateTable('automation_runs')
          .set({ status: 'cancelled', wake_at: null, waiting_for: null, ended_at: now })
          .where('organization_id', '=', organizationId)
          .where('ended_at', 'is', null)
          .execute();
      },
    },
  ],
  rows: [
    { place: 26, table: 'automation_steps', of: within('run_id', 'automation_runs') },
    { place: 27, table: 'automation_runs', of: ofOrganization },
    { place: 28, table: 'automation_limits', of: within('automation_id', 'automations') },
  ],
};
