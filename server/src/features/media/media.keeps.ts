import type { Keeps } from '../../platform/keeps/keeps.ts';
import { ofOrganization } from '../../platform/keeps/section.ts';

/** Both remove some of an organisation: its files, and the bytes that nobody has any more. */
export function mediaKeeps(erase: {
  files: (organizationId: string) => Promise<number>;
  bytes: (organizationId: string) => Promise<number>;
}): Keeps {
  return {
    sections: {
      organization: [
        {
          name: 'media',
          place: 235,
          table: 'media',
          columns: [
            'id',
            'organization_id',
            'sha256',
            'size',
            'mimetype',
            'filename',
            'width',
            'height',
            'duration_ms',
            'created_at',
            'expires_at',
            'place_id',
          ],
          withheld: { state: 'how files come and go', has_thumbnail: 'made of the file' },
          key: [['id', 'uuid']],
          of: ofOrganization,
        },
        {
          name: 'mediaPlaces',
          place: 236,
          table: 'media_places',
          columns: ['id', 'organization_id', 'settings', 'is_current', 'created_at', 'updated_at'],
          withheld: { secrets: 'secrets', failures: 'how it answers', rests_until: 'how it answers' },
          key: [['id', 'uuid']],
          of: ofOrganization,
        },
        {
          name: 'mediaMoves',
          place: 237,
          table: 'media_moves',
          columns: [
            'id',
            'organization_id',
            'place_id',
            'state',
            'total_files',
            'total_bytes',
            'moved_files',
            'moved_bytes',
            'failed_files',
            'problem',
            'created_at',
            'updated_at',
            'finished_at',
          ],
          withheld: { done_to: 'how far it is', copying: 'how far it is', attempts: 'how it is tried' },
          key: [['id', 'uuid']],
          of: ofOrganization,
        },
      ],
    },
    inJobs: ['media_moves'],
    withheld: {
      media_removals: 'bytes on their way out',
      media_references: 'the messages name their media',
      media_totals: 'sums over the media',
    },
    rows: [
      { place: 52, table: 'media_references', of: ofOrganization },
      { place: 54, table: 'media', erase: (_db, organizationId) => erase.files(organizationId) },
      { place: 56, table: 'media_removals', erase: (_db, organizationId) => erase.bytes(organizationId) },
    ],
  };
}
