import type { Static } from 'typebox';
import { kindOf } from './content-type.ts';
import type { Links } from './links.ts';
import type { Media } from './media.schema.ts';
import type { MediaRow } from './media.store.ts';

/** Media as clients see it; `address` is where people reach this server. */
export function createPresenter({ links, address }: { links: Links; address: () => string }) {
  return (row: MediaRow): Static<typeof Media> => ({
    id: row.id,
    url: address() + links.path(row, 'file'),
    thumbnailUrl: row.has_thumbnail
      ? address() + links.path({ id: row.id, filename: '' }, 'thumbnail')
      : null,
    key: row.id,
    size: row.size,
    filename: row.filename,
    mimeType: row.mimetype,
    type: kindOf(row.mimetype).toUpperCase() as Uppercase<ReturnType<typeof kindOf>>,
    width: row.width,
    height: row.height,
    durationMs: row.duration_ms,
    createdAt: row.created_at.toISOString(),
  });
}
