import { within } from '../../platform/keeps/erasure.ts';
import type { Keeps } from '../../platform/keeps/keeps.ts';
import { ofEverybody, ofUser, type Section } from '../../platform/keeps/section.ts';

const own: Section = {
  name: 'exports',
  place: 80,
  table: 'data_exports',
  columns: [
    'id',
    'organization_id',
    'user_id',
    'status',
    'covers',
    'sections_done',
    'sections_total',
    'rows_done',
    'bytes',
    'failure_reason',
    'created_at',
    'finished_at',
    'expires_at',
  ],
  withheld: { run_id: 'how the file is made', attempts: 'how the file is made' },
  key: [['id', 'uuid']],
  of: ofUser,
};

export const gdprKeeps: Keeps = {
  sections: {
    person: [own],
    organization: [ofEverybody(own, { name: 'organizationExports', place: 280 })],
  },
  withheld: { data_export_chunks: 'the exports themselves' },
  // Rows of a quarter of a megabyte each.
  rows: [{ place: 120, table: 'data_export_chunks', of: within('export_id', 'data_exports'), batch: 40 }],
  inJobs: ['data_exports'],
};
