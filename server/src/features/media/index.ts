import type { Readable } from 'node:stream';
import type { Actor } from '../../platform/actor.ts';
import { type Clock, later } from '../../platform/clock.ts';
import type { Config } from '../../platform/config/config.ts';
import type { Vault } from '../../platform/crypto.ts';
import type { Db, Tx } from '../../platform/db/transaction.ts';
import { Failure } from '../../platform/failures.ts';
import type { Feature } from '../../platform/feature.ts';
import type { JobQueue } from '../../platform/jobs/jobs.ts';
import type { Log } from '../../platform/log.ts';
import type { DownloadLimits, Outbound } from '../../platform/outbound/outbound.ts';
import type { S3Settings } from '../../platform/storage/s3.ts';
import { type ByteRange, NotStored, type Storage } from '../../platform/storage/storage.ts';
import type { Tenancy } from '../../platform/tenancy.ts';
import { createCleanUp } from './clean-up.ts';
import type { MediaKind } from './content-type.ts';
import { createFfmpeg } from './fit/ffmpeg.ts';
import { createFit } from './fit/fit.ts';
import { createFilesForEngines } from './for-engines.ts';
import { createIntake, type Said } from './intake.ts';
import { createLinks } from './links.ts';
import { cleanUpMedia, moveMedia } from './media.jobs.ts';
import { mediaKeeps } from './media.keeps.ts';
import { createPresenter } from './media.present.ts';
import { mediaRoutes } from './media.routes.ts';
import { createMediaStore, type MediaRow, type Referrer } from './media.store.ts';
import { createMover } from './places/move.ts';
import { createMovesStore } from './places/moves.store.ts';
import { createMoves } from './places/moves.ts';
import { type BucketSettings, createPlaces } from './places/places.ts';
import { createRemovals } from './places/removals.ts';
import { serveRoutes } from './serve.routes.ts';
import { createSources, type MediaSource } from './sources.ts';

export type { MediaKind } from './content-type.ts';
export type { Fit } from './fit/fit.ts';
export type { Said } from './intake.ts';
export { mediaFailures, uploadMsMax } from './media.routes.ts';
export { type MediaRow, moveReferences, type Referrer } from './media.store.ts';
export type { MoveRow } from './places/moves.ts';
export { type BucketSettings, toS3 } from './places/places.ts';
export type { MediaSource } from './sources.ts';

export interface MediaDeps {
  db: Db;
  clock: Clock;
  vault: Vault;
  outbound: Outbound;
  log: Log;
  jobs: JobQueue;
  /** The server's own. */
  storage: Storage;
  bucket: (settings: S3Settings) => Storage;
  /** For files that are being converted. */
  workFolder: string;
  /** Where people reach this server, without a slash at the end. */
  address: () => string;
  config: Pick<
    Config,
    | 'mediaBytesMax'
    | 'mediaBase64BytesMax'
    | 'mediaQuotaBytes'
    | 'mediaLinkSeconds'
    | 'mediaUnusedSeconds'
    | 'bodyBytesMax'
    | 'ffmpeg'
  >;
  /** How long a file may take to be fetched; for tests. */
  download?: DownloadLimits | undefined;
}

/** A file that is open, with what is known of it. Whoever does not read it to its end destroys the stream. */
export interface OpenMedia {
  stream: Readable;
  media: MediaRow;
}

/** What strangers send leaves room for what the organisation wants to send. */
const strangersShare = 0.8;

const usualDownload: DownloadLimits = { totalMs: 120_000, silentMs: 10_000 };

/** Largest JSON body of a route that takes base64: four letters for three bytes, and the fields beside it. */
export function base64BodyBytes(config: Pick<Config, 'mediaBase64BytesMax' | 'bodyBytesMax'>): number {
  return Math.ceil(config.mediaBase64BytesMax / 3) * 4 + config.bodyBytesMax;
}

/** Media: the files of an organisation, however they come and whoever wants them. */
export function createMedia(deps: MediaDeps) {
  const { db, clock, storage, config } = deps;
  const store = createMediaStore(db);
  const places = createPlaces(deps);
  const removals = createRemovals({ ...deps, places });
  const movesStore = createMovesStore(db);
  const moves = createMoves({ ...deps, store: movesStore, places });
  const links = createLinks({ ...deps, seconds: config.mediaLinkSeconds });
  const present = createPresenter({ ...deps, links });
  const unusedSeconds = config.mediaUnusedSeconds;
  const intake = createIntake({ places, store, clock, quotaBytes: config.mediaQuotaBytes, unusedSeconds });
  const bytesMax = config.mediaBytesMax;
  const base64BytesMax = config.mediaBase64BytesMax;
  const download = deps.download ?? usualDownload;
  const sources = createSources({ ...deps, store, links, intake, bytesMax, base64BytesMax, download });
  const cleanUp = createCleanUp({ storage, store, places, removals, moves, clock });
  const uploaded = (row: MediaRow) => ({
    success: true,
    data: present(row),
    meta: { timestamp: clock.now().toISOString() },
  });

  async function find(tenancy: Tenancy, id: string): Promise<MediaRow> {
    const row = await store.find(tenancy, id);
    if (!row) throw new Failure('MEDIA_NOT_FOUND');
    return row;
  }

  const feature: Feature = {
    name: 'media',
    routes(app) {
      mediaRoutes(app, {
        get: async (actor: Actor, id: string) => present(await find(actor, id)),
        upload: async ({ organizationId }, { bytes, ...said }) =>
          uploaded(await intake.take(bytes, { organizationId, ...said, bytesMax, isStrict: true })),
        take: async (actor, source) => uploaded(await sources.take(actor, source)),
        bodyBytesMax: base64BodyBytes(config),
      });
      serveRoutes(app, { places, store, links });
    },
    jobs: [
      cleanUpMedia.runs(cleanUp.run),
      moveMedia.runs(createMover({ ...deps, store: movesStore, places })),
    ],
    keeps: mediaKeeps({ files: cleanUp.erase, bytes: removals.erase }),
  };

  return {
    feature,
    present,
    /** Links to a file, for whoever may see what it belongs to. */
    linksOf: (file: { id: string; filename?: string | undefined; hasThumbnail?: boolean | undefined }) => ({
      url: deps.address() + links.path({ id: file.id, filename: file.filename ?? '' }, 'file'),
      thumbnailUrl: file.hasThumbnail
        ? deps.address() + links.path({ id: file.id, filename: '' }, 'thumbnail')
        : null,
    }),
    /** Of one file. */
    bytesMax,
    /** Of a JSON body with a file in it. */
    bodyBytesMax: base64BodyBytes(config),
    fit: createFit({
      ...deps,
      places,
      intake,
      bytesMax,
      ffmpeg: createFfmpeg(config.ffmpeg),
      folder: deps.workFolder,
    }),
    forEngines: createFilesForEngines({ store, places }),

    /**
     * Takes in a file that somebody wants to send, and checks that it can be sent as that. It asks the network and the disk:
     * call it before a transaction, and `refer` inside.
     * @throws Failure with one of the MEDIA codes, VALIDATION_ERROR or TARGET_NOT_ALLOWED.
     */
    take: (tenancy: Tenancy, source: MediaSource, as?: MediaKind): Promise<MediaRow> =>
      sources.take(tenancy, source, as),

    /**
     * Takes in a file that a stranger has sent: stored as what it is, whatever is said of it; a picture that can't be read
     * has no size.
     * @throws Failure MEDIA_MISSING, MEDIA_TOO_LARGE or MEDIA_QUOTA_EXCEEDED.
     */
    store: (organizationId: string, stream: AsyncIterable<Uint8Array>, said: Said): Promise<MediaRow> =>
      intake.take(stream, { organizationId, ...said, bytesMax, isStrict: false, quotaShare: strangersShare }),

    /** Opens a file, whole or in part; never inside a transaction, for a store may keep one waiting. @throws Failure MEDIA_NOT_FOUND. */
    async openMedia(tenancy: Tenancy, id: string, { range }: { range?: ByteRange } = {}): Promise<OpenMedia> {
      const media = await find(tenancy, id);
      try {
        const stream = await places.open(media, undefined, range);
        return { stream, media };
      } catch (error) {
        throw error instanceof NotStored ? new Failure('MEDIA_NOT_FOUND', { cause: error }) : error;
      }
    },

    /** From the commit on the file stays as long as this has it; twice is once. @throws Failure MEDIA_NOT_FOUND. */
    refer: (tx: Tx, organizationId: string, id: string, by: Referrer): Promise<void> =>
      store.refer(tx, organizationId, id, by, clock.now()),

    /** These have no file any more; what nobody else has goes after a while. */
    release: (tx: Tx, kind: string, referrerIds: readonly string[]): Promise<void> =>
      store.release(tx, kind, referrerIds, later(clock.now(), unusedSeconds * 1_000)),

    /** In the transaction that deletes the profile. */
    forgetProfile: (tx: Tx, profile: { organizationId: string; id: string }): Promise<void> =>
      store.forgetProfile(tx, profile, later(clock.now(), unusedSeconds * 1_000)),

    totals: store.totals,
    /** Where files of organisations lie. */
    places: {
      bucketOf: places.bucketOf,
      /** From the commit on new files go to this bucket; undefined: to the server's own storage. A move to another ends. */
      async use(tx: Tx, organizationId: string, bucket: BucketSettings | undefined): Promise<string | null> {
        const id = await places.use(tx, organizationId, bucket);
        await moves.redirect(tx, organizationId, id);
        return id;
      },
    },
    moves,
  };
}

export type Media = ReturnType<typeof createMedia>;
