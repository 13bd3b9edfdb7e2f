import { Readable } from 'node:stream';
import type { Tx } from '../../platform/db/transaction.ts';
import type { Media } from '../media/index.ts';
import { lockGroups, notePicture } from './whole.store.ts';

/** What a reference to the picture of a group is called among media. */
const kind = 'group-picture';
export const filename = 'picture.jpg';

/** The pictures of groups: files of ours, as WhatsApp has them or had them when it was last asked. */
export function createPictureFiles({
  media,
}: {
  media: Pick<Media, 'store' | 'refer' | 'release' | 'openMedia'>;
}) {
  return {
    /** The bytes of a file that was made a picture. @throws Failure MEDIA_NOT_FOUND */
    async read(organizationId: string, mediaId: string): Promise<Buffer> {
      const { stream } = await media.openMedia({ organizationId }, mediaId);
      const parts: Buffer[] = [];
      for await (const part of stream) parts.push(part as Buffer);
      return Buffer.concat(parts);
    },

    /** Takes in what WhatsApp has. */
    async take(organizationId: string, jpeg: Buffer): Promise<string> {
      const said = { mimetype: 'image/jpeg', filename };
      return (await media.store(organizationId, Readable.from([jpeg]), said)).id;
    },

    /** From now on this is the picture of the group, or there is none. */
    async keep(
      tx: Tx,
      { organizationId, profileId }: { organizationId: string; profileId: string },
      chat: string,
      picture: { version: string | null; mediaId: string | null },
    ): Promise<void> {
      const [row] = await lockGroups(tx, profileId, [chat]);
      if (!row) return;
      const { mediaId } = picture;
      if (row.picture_media_id !== mediaId) await media.release(tx, kind, [row.id]);
      if (mediaId) await media.refer(tx, organizationId, mediaId, { kind, id: row.id, profileId });
      await notePicture(tx, row.id, { ...picture, isKnown: true });
    },
  };
}

export type PictureFiles = ReturnType<typeof createPictureFiles>;
