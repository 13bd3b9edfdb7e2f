import { given } from '../../../http/schema.ts';
import { Failure } from '../../../platform/failures.ts';
import type { Tenancy } from '../../../platform/tenancy.ts';
import type { Media } from '../../media/index.ts';
import type { IngestFileBody } from '../knowledge.schema.ts';

/** The bytes of a file that a request names or brings. @throws Failure MEDIA_TOO_LARGE, and those of media */
export type OpenFile = (
  tenancy: Tenancy,
  body: Pick<IngestFileBody, 'mediaId' | 'base64' | 'filename'>,
) => Promise<{ bytes: Uint8Array; filename: string }>;

const bytesMax = 20 * 1024 * 1024;

/** Files come in by the way of all media: uploads, or base64, which becomes an upload that nothing uses. */
export function createOpenFile(media: Pick<Media, 'take' | 'openMedia'>): OpenFile {
  return async (tenancy, { mediaId, base64, filename }) => {
    const wanted = { mediaId: given(mediaId), base64: given(base64), filename: given(filename) };
    const upload = await media.take(tenancy, wanted);
    if (Number(upload.size) > bytesMax) throw new Failure('MEDIA_TOO_LARGE');
    const { stream } = await media.openMedia(tenancy, upload.id);
    const pieces: Uint8Array[] = [];
    for await (const piece of stream as AsyncIterable<Uint8Array>) pieces.push(piece);
    return {
      bytes: new Uint8Array(Buffer.concat(pieces)),
      filename: wanted.filename ?? upload.filename ?? '',
    };
  };
}
