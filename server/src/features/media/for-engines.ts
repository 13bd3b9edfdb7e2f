import { buffer } from 'node:stream/consumers';
import { FileGone, type Files } from '../../engines/port.ts';
import { NotStored } from '../../platform/storage/storage.ts';
import type { MediaStore } from './media.store.ts';
import { toPreview } from './picture.ts';
import type { Places } from './places/places.ts';

/** The files of all organisations as engines read them: by the ids in messages that were accepted. */
export function createFilesForEngines({ store, places }: { store: MediaStore; places: Places }): Files {
  async function open(id: string, part?: 'thumbnail') {
    const row = await store.findById(id);
    if (!row || (part && !row.has_thumbnail)) throw new FileGone('The file is not kept here any more.');
    return places.open(row, part).catch((error: unknown) => {
      throw error instanceof NotStored ? new FileGone('The file is not in the storage any more.') : error;
    });
  }
  return {
    open: ({ id }) => open(id),
    async preview({ id }) {
      try {
        return await toPreview(await buffer(await open(id, 'thumbnail')));
      } catch (error) {
        if (error instanceof FileGone) return undefined;
        throw error;
      }
    },
  };
}
