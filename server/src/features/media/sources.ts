import { Failure } from '../../platform/failures.ts';
import { isUuid } from '../../platform/ids.ts';
import type { DownloadLimits, Outbound } from '../../platform/outbound/outbound.ts';
import type { Tenancy } from '../../platform/tenancy.ts';
import { decodeBase64 } from './base64.ts';
import type { MediaKind } from './content-type.ts';
import { fetchFile } from './from-url.ts';
import { assertKind, type createIntake, type Said } from './intake.ts';
import type { Links } from './links.ts';
import type { MediaRow, MediaStore } from './media.store.ts';

/** Where a file comes from: what was uploaded before, bytes in base64, or an address. Exactly one of them. */
export interface MediaSource extends Said {
  mediaId?: string | undefined;
  base64?: string | undefined;
  url?: string | undefined;
}

export interface SourceDeps {
  outbound: Outbound;
  store: MediaStore;
  links: Links;
  intake: ReturnType<typeof createIntake>;
  bytesMax: number;
  base64BytesMax: number;
  download: DownloadLimits;
}

/** The ways in for files that somebody wants to send. */
export function createSources(deps: SourceDeps) {
  const { store, links, intake, bytesMax } = deps;

  async function known(tenancy: Tenancy, id: string, as: MediaKind | undefined): Promise<MediaRow> {
    const row = isUuid(id) ? await store.find(tenancy, id) : undefined;
    if (!row) throw new Failure('MEDIA_NOT_FOUND');
    assertKind(row.mimetype, as);
    return row;
  }

  return {
    /** @throws Failure with one of the MEDIA codes, VALIDATION_ERROR or TARGET_NOT_ALLOWED. */
    async take(tenancy: Tenancy, source: MediaSource, as?: MediaKind): Promise<MediaRow> {
      const { mediaId, base64, url } = oneOf(source);
      const wish = { organizationId: tenancy.organizationId, as, isStrict: true, ...saidOf(source) };
      if (mediaId !== undefined) return known(tenancy, mediaId, as);
      if (base64 !== undefined) {
        const limit = Math.min(bytesMax, deps.base64BytesMax);
        const { bytes, mimetype } = decodeBase64(base64, limit);
        return intake.take(bytes, { ...wish, mimetype: wish.mimetype ?? mimetype, bytesMax: limit });
      }
      // A link that an upload was answered with: our own address is none that may be asked.
      const own = links.read(url);
      if (own !== undefined) return known(tenancy, own, as);
      const file = await fetchFile(deps.outbound, url, { ...deps.download, bytesMax });
      return intake.take(file.bytes, {
        ...wish,
        mimetype: wish.mimetype ?? file.mimetype,
        filename: wish.filename ?? file.filename,
        bytesMax,
      });
    },
  };
}

type Chosen =
  | { mediaId: string; base64?: undefined; url?: undefined }
  | { base64: string; mediaId?: undefined; url?: undefined }
  | { url: string; mediaId?: undefined; base64?: undefined };

function oneOf({ mediaId, base64, url }: MediaSource): Chosen {
  const given = Object.entries({ mediaId, base64, url }).filter(
    ([, value]) => value !== undefined && value !== '',
  );
  if (given.length === 1) return Object.fromEntries(given) as Chosen;
  if (given.length === 0)
    throw new Failure('MEDIA_MISSING', { says: 'Give the file as url, base64 or mediaId.' });
  const details = given.map(([name]) => ({ path: `/${name}`, problem: 'is one of several: give only one' }));
  throw new Failure('VALIDATION_ERROR', { says: 'Give the file in one way only.', details });
}

function saidOf({ mimetype, filename }: Said): Said {
  return { mimetype: mimetype || undefined, filename: filename || undefined };
}
