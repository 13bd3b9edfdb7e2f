import { within } from '../../platform/keeps/erasure.ts';
import type { Keeps } from '../../platform/keeps/keeps.ts';
import { ofOrganization } from '../../platform/keeps/section.ts';

export const contactKeeps: Keeps = {
  sections: {
    organization: [
      {
        name: 'contacts',
        place: 200,
        table: 'contacts',
        columns: [
          'id',
          'organization_id',
          'profile_id',
          'phone',
          'lid',
          'name',
          'whatsapp_name',
          'avatar_url',
          'tags',
          'metadata',
          'is_blocked',
          'last_message_at',
          'created_at',
          'updated_at',
        ],
        key: [['id', 'uuid']],
        of: ofOrganization,
      },
      {
        name: 'dialledNumbers',
        place: 210,
        table: 'dialled_numbers',
        columns: ['organization_id', 'profile_id', 'dialled', 'address', 'learnt_at'],
        key: [
          ['profile_id', 'uuid'],
          ['dialled', 'text'],
        ],
        of: ofOrganization,
      },
      {
        name: 'numberChecks',
        place: 211,
        table: 'number_checks',
        columns: ['organization_id', 'profile_id', 'phone', 'address', 'checked_at'],
        key: [
          ['profile_id', 'uuid'],
          ['phone', 'text'],
        ],
        of: ofOrganization,
      },
      {
        name: 'contactImports',
        place: 212,
        table: 'contact_imports',
        columns: [
          'id',
          'organization_id',
          'profile_id',
          'media_id',
          'is_dry_run',
          'status',
          'rows_read',
          'created',
          'updated',
          'failed',
          'error',
          'created_at',
          'updated_at',
          'finished_at',
        ],
        withheld: { reading: 'how its file is read' },
        key: [
          ['created_at', 'timestamptz'],
          ['id', 'uuid'],
        ],
        of: ofOrganization,
      },
      {
        name: 'contactImportProblems',
        place: 213,
        table: 'contact_import_problems',
        columns: ['import_id', 'line', 'phone', 'reason'],
        key: [
          ['import_id', 'uuid'],
          ['line', 'integer'],
        ],
        of: within('import_id', 'contact_imports'),
      },
    ],
  },
  rows: [
    { place: 70, table: 'contacts', of: ofOrganization },
    { place: 80, table: 'dialled_numbers', of: ofOrganization },
    { place: 81, table: 'number_checks', of: ofOrganization },
    { place: 68, table: 'contact_import_problems', of: within('import_id', 'contact_imports') },
    { place: 69, table: 'contact_imports', of: ofOrganization },
  ],
  inJobs: ['contact_imports'],
};
