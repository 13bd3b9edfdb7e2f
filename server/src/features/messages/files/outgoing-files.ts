import { given } from '../../../http/schema.ts';
import type { Tx } from '../../../platform/db/transaction.ts';
import { Failure } from '../../../platform/failures.ts';
import type { Tenancy } from '../../../platform/tenancy.ts';
import type { Media } from '../../media/index.ts';
import type { ReadyMessage } from '../keep.sql.ts';
import type { Content, FileSending } from '../kinds/kind.ts';
import { shownOf } from './fetch-files.ts';
import type { ShownFile } from './files.store.ts';

/** The file in a request to send, whichever kind it is. */
interface FileBody {
  mediaId?: string | null;
  url?: string | null;
  base64?: string | null;
  mimetype?: string | null;
  filename?: string | null;
}

export type OutgoingFiles = ReturnType<typeof createOutgoingFiles>;

const mediaOf = ({ content }: Pick<ReadyMessage, 'content'>) => content.media as ShownFile | undefined;

export const hasFile = (message: Pick<ReadyMessage, 'content'>) => mediaOf(message) !== undefined;

/** The files of messages that are to be sent. */
export function createOutgoingFiles({ media }: { media: Pick<Media, 'take' | 'fit' | 'refer'> }) {
  return {
    /**
     * Takes in the file of a request, in the form that phones show; answers what the message says of it. It asks the
     * network and the disk, so it is done before any transaction.
     * @throws Failure with one of the MEDIA codes, VALIDATION_ERROR or TARGET_NOT_ALLOWED
     */
    async take(tenancy: Tenancy, file: FileSending, body: object, tx: Tx | undefined): Promise<Content> {
      if (tx)
        throw new Failure('INTERNAL_ERROR', { cause: 'a file was to be taken in within a transaction' });
      const { mediaId, url, base64, mimetype, filename } = body as FileBody;
      const source = {
        ...{ mediaId: given(mediaId), url: given(url), base64: given(base64) },
        ...{ mimetype: given(mimetype), filename: given(filename) },
      };
      const taken = await media.take(tenancy, source, file.as);
      const { row, content } = await file.fit(media.fit, taken);
      const shown = shownOf(row);
      const { mimetype: found, bytes, width, height, seconds, filename: name } = shown;
      return {
        ...{ mimetype: found, bytes, media: shown },
        ...(width && height && { width, height }),
        ...(seconds !== undefined && { seconds }),
        ...(file.as === 'document' && { filename: given(filename) ?? name ?? 'document' }),
        ...content,
      };
    },

    /**
     * From the commit on the file stays as long as the message does, or what else will send it.
     * @throws Failure MEDIA_NOT_FOUND
     */
    async refer(
      tx: Tx,
      message: Pick<ReadyMessage, 'id' | 'organizationId' | 'profileId' | 'content'>,
      kind = 'message',
    ): Promise<void> {
      const file = mediaOf(message);
      if (!file) return;
      // A copy of a message whose file was never fetched.
      if (file.state !== 'stored') throw new Failure('MEDIA_NOT_FOUND');
      const { id, organizationId, profileId } = message;
      await media.refer(tx, organizationId, file.id, { kind, id, profileId });
    },
  };
}
