import type { Readable } from 'node:stream';
import type { Clock } from '../../../platform/clock.ts';
import type { Vault } from '../../../platform/crypto.ts';
import type { Db, Tx } from '../../../platform/db/transaction.ts';
import { Failure } from '../../../platform/failures.ts';
import { newId } from '../../../platform/ids.ts';
import type { S3Settings } from '../../../platform/storage/s3.ts';
import { type ByteRange, NotStored, nameOf, type Storage } from '../../../platform/storage/storage.ts';
import type { MediaRow } from '../media.store.ts';
import { createPlacesStore, type PlaceRow } from './places.store.ts';
import { lockTotals } from './removals.store.ts';

/** A bucket, as an organisation sets it. */
export interface BucketSettings {
  /** Null: Amazon's own for the region. */
  endpoint: string | null;
  bucket: string;
  region: string;
  forcePathStyle: boolean;
  accessKey: string;
  secretKey: string;
}
/** Where a file lies: null in the storage that the server's settings name. */
export type PlaceId = string | null;

/** Storages that are kept open, over all organisations: each is small, connections are shared. */
const openMax = 200;
const context = (id: string) => `media/place/${id}`;

/** The places where files of organisations lie: the server's own storage, and buckets that they have set. */
export function createPlaces(deps: {
  db: Db;
  clock: Clock;
  vault: Vault;
  /** The server's own. */
  storage: Storage;
  bucket: (settings: S3Settings) => Storage;
}) {
  const { clock, vault, storage } = deps;
  const store = createPlacesStore(deps.db);
  const opened = new Map<string, { since: number; storage: Storage }>();

  /** What another node has changed is seen by the time of the change, which every use reads. */
  function storageOf(row: PlaceRow): Storage {
    const since = row.updated_at.getTime();
    const known = opened.get(row.id);
    if (known?.since === since) return known.storage;
    const made = deps.bucket(toS3(openPlace(vault, row), row.id));
    opened.delete(row.id);
    opened.set(row.id, { since, storage: made });
    const [oldest] = opened.keys();
    if (opened.size > openMax && oldest) opened.delete(oldest);
    return made;
  }

  async function at(id: PlaceId): Promise<Storage> {
    if (id === null) return storage;
    const row = await store.find(id);
    if (!row) throw new Failure('UNAVAILABLE', { says: 'The storage of this file is not known any more.' });
    return storageOf(row);
  }

  return {
    at,

    /** Where new files of an organisation go. */
    async current(organizationId: string): Promise<{ id: PlaceId; storage: Storage }> {
      const row = await store.current(organizationId);
      return row ? { id: row.id, storage: storageOf(row) } : { id: null, storage };
    },

    /** The same, and it stays so until the commit. */
    async currentId(tx: Tx, organizationId: string): Promise<PlaceId> {
      await lockTotals(tx, organizationId);
      return (await store.current(organizationId, tx))?.id ?? null;
    },

    /** Opens a file where it lies, also when it is just being moved. @throws NotStored */
    async open(row: MediaRow, part?: string, range?: ByteRange): Promise<Readable> {
      const name = nameOf(row.organization_id, row.sha256, part);
      try {
        return await (await at(row.place_id)).open(name, range);
      } catch (error) {
        const now = error instanceof NotStored ? await store.placeOf(row.id) : undefined;
        if (now === undefined || now === row.place_id) throw error;
        return (await at(now)).open(name, range);
      }
    },

    /** The bucket that an organisation has set. */
    async bucketOf(organizationId: string, tx?: Tx): Promise<BucketSettings | undefined> {
      const row = await store.current(organizationId, tx);
      return row && openPlace(vault, row);
    },

    /** From the commit on new files go there; undefined: to the server's own storage. Others stay where they are. */
    async use(tx: Tx, organizationId: string, bucket: BucketSettings | undefined): Promise<PlaceId> {
      await lockTotals(tx, organizationId);
      const rows = await store.all(tx, organizationId);
      const same = rows.find((row) => bucket && isSamePlace(openPlace(vault, row), bucket));
      const now = clock.now();
      if (!same?.is_current) await store.leave(tx, organizationId, now);
      if (!bucket) return null;
      const id = same?.id ?? newId();
      const { accessKey, secretKey, ...settings } = bucket;
      await store.put(tx, {
        ...{ id, organization_id: organizationId, is_current: true, created_at: now },
        // Storages that are open know by it that they are old.
        updated_at: same && same.updated_at >= now ? new Date(same.updated_at.getTime() + 1) : now,
        settings: JSON.stringify(settings),
        secrets: vault.sealText(JSON.stringify({ accessKey, secretKey }), context(id)),
      });
      return id;
    },

    forgetEmpty: store.forgetEmpty,
  };
}

export type Places = ReturnType<typeof createPlaces>;

function openPlace(vault: Vault, row: PlaceRow): BucketSettings {
  const secrets = JSON.parse(vault.openText(row.secrets, context(row.id))) as Pick<
    BucketSettings,
    'accessKey' | 'secretKey'
  >;
  return { ...(row.settings as unknown as Omit<BucketSettings, keyof typeof secrets>), ...secrets };
}

function isSamePlace(one: BucketSettings, other: BucketSettings): boolean {
  return one.endpoint === other.endpoint && one.bucket === other.bucket && one.region === other.region;
}

/** A folder of its own for each place: one bucket that is set in two ways is two places, and neither empties the other. */
export function toS3(settings: BucketSettings, folder: string): S3Settings {
  const { endpoint, bucket, region, forcePathStyle, accessKey, secretKey } = settings;
  return {
    ...{ bucket, region, forcePathStyle, prefix: `${folder}/` },
    endpoint: endpoint ?? undefined,
    credentials: { accessKeyId: accessKey, secretAccessKey: secretKey },
  };
}
