import type { Keeps } from '../../platform/keeps/keeps.ts';
import { ofOrganization } from '../../platform/keeps/section.ts';

/** `erase` removes some files of an organisation with their bytes. */
export function mediaKeeps(erase: (organizationId: string) => Promise<number>): Keeps {
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
          ],
          withheld: { state: 'how files come and go', has_thumbnail: 'made of the file' },
          key: [['id', 'uuid']],
          of: ofOrganization,
        },
      ],
    },
    withheld: {
      media_references: 'the messages name their media',
      media_totals: 'sums over the media',
    },
    rows: [
      { place: 52, table: 'media_references', of: ofOrganization },
      { place: 54, table: 'media', erase: (_db, organizationId) => erase(organizationId) },
    ],
  };
}
