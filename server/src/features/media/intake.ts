import { Readable } from 'node:stream';
import { type Clock, later } from '../../platform/clock.ts';
import { Failure } from '../../platform/failures.ts';
import { newId } from '../../platform/ids.ts';
import { nameOf, type Received, type Storage, TooManyBytes } from '../../platform/storage/storage.ts';
import { tooLarge } from './base64.ts';
import { decideType, kindOf, type MediaKind, readContent, saidType, typeOf } from './content-type.ts';
import { harmlessName } from './file-name.ts';
import type { MediaRow, MediaStore } from './media.store.ts';
import { type Picture, type PictureProblem, readPicture } from './picture.ts';
import type { PlaceId, Places } from './places/places.ts';
import { whenNotRemoved } from './places/removals.ts';
import { readPlaying } from './playing-time.ts';

/** What is said of a file by whoever brings it; none of it is believed. */
export interface Said {
  mimetype?: string | undefined;
  filename?: string | undefined;
}
export interface Wish extends Said {
  organizationId: string;
  bytesMax: number;
  /** What it must be, where that matters; anything may be a document. */
  as?: MediaKind | undefined;
  /** Whether a file that is not what it is said to be is refused; else it is stored as what it is. */
  isStrict: boolean;
  /** How much of the quota such files may fill; 1 without it. */
  quotaShare?: number;
}

export interface IntakeDeps {
  places: Pick<Places, 'current'>;
  store: MediaStore;
  clock: Clock;
  quotaBytes: number;
  unusedSeconds: number;
}

/** A file of up to so many bytes is a picture's small one; ours are far below. */
const thumbnailBytesMax = 1_000_000;

/** Takes files in, streamed: nothing is whole in memory, and nothing is left of what is refused. */
export function createIntake({ places, store, clock, quotaBytes, unusedSeconds }: IntakeDeps) {
  async function receive(
    storage: Storage,
    source: AsyncIterable<Uint8Array>,
    bytesMax: number,
  ): Promise<Received> {
    try {
      return await storage.receive(source, { bytesMax });
    } catch (error) {
      throw error instanceof TooManyBytes ? tooLarge(bytesMax) : error;
    }
  }

  /** Stores what has arrived, and beside it the small picture of it. */
  async function keep(
    received: Received,
    place: { id: PlaceId; storage: Storage },
    wish: Wish,
    expiresAt: Date,
  ): Promise<MediaRow> {
    const { organizationId } = wish;
    const filename = harmlessName(wish.filename);
    const mimetype = await typed(received.path, wish, filename);
    const same = { organization_id: organizationId, sha256: received.sha256, filename, mimetype };
    const there = await store.extend(same, expiresAt);
    // What a stranger has sent may be there though it would be refused here: then it has no size.
    if (there && (there.width !== null || !wish.isStrict)) return there;
    const { thumbnail, ...facts } = await factsOf(received.path, mimetype, wish.isStrict);
    const arriving = {
      ...same,
      ...facts,
      id: newId(),
      size: received.size,
      has_thumbnail: thumbnail !== undefined,
      state: 'arriving' as const,
      place_id: place.id,
      expires_at: expiresAt,
      created_at: clock.now(),
    };
    const quota = quotaBytes * (wish.quotaShare ?? 1);
    const row = await whenNotRemoved(() => store.arrive(arriving, quota, clock.now()));
    if (row.state === 'ready') return row;
    await received.keep(nameOf(organizationId, received.sha256));
    if (thumbnail) {
      const small = await receive(place.storage, Readable.from([thumbnail]), thumbnailBytesMax);
      await small.keep(nameOf(organizationId, received.sha256, 'thumbnail'));
    }
    const ready = await store.ready(row.id);
    // Its time was over before its bytes had come.
    if (!ready) throw new Failure('MEDIA_NOT_FOUND');
    return ready;
  }

  return {
    /** @throws Failure with one of the MEDIA codes. */
    async take(source: AsyncIterable<Uint8Array>, wish: Wish): Promise<MediaRow> {
      const place = await places.current(wish.organizationId);
      const received = await receive(place.storage, source, wish.bytesMax);
      try {
        if (received.size === 0) throw new Failure('MEDIA_MISSING', { says: 'The file is empty.' });
        return await keep(received, place, wish, later(clock.now(), unusedSeconds * 1_000));
      } finally {
        await received.discard();
      }
    },
  };
}

async function typed(
  path: string,
  { mimetype: said, as, isStrict }: Wish,
  filename: string,
): Promise<string> {
  const content = await readContent(path);
  const claimed = saidType(said, filename);
  const decided = decideType(content, claimed);
  const actual = typeOf(content);
  if (decided === undefined && isStrict) {
    throw new Failure('MEDIA_TYPE_MISMATCH', {
      says: `The file is said to be ${claimed}, but its content is ${actual}.`,
    });
  }
  const mimetype = decided ?? actual;
  assertKind(mimetype, as);
  return mimetype;
}

/** @throws Failure MEDIA_TYPE_MISMATCH unless it can be sent as that. */
export function assertKind(mimetype: string, as: MediaKind | undefined): void {
  if (as === undefined || as === 'document' || kindOf(mimetype) === as) return;
  const article = /^[aeiou]/.test(as) ? 'an' : 'a';
  throw new Failure('MEDIA_TYPE_MISMATCH', {
    says: `The content of the file is ${mimetype}, which is not ${article} ${as}.`,
  });
}

async function factsOf(path: string, mimetype: string, isStrict: boolean) {
  const picture = await readPicture(path, mimetype);
  if (picture && 'problem' in picture) {
    if (isStrict) throw problemOf(picture);
    return { width: null, height: null, duration_ms: null, thumbnail: undefined };
  }
  if (picture) return { ...sizes(picture), duration_ms: null, thumbnail: picture.thumbnail };
  const { durationMs, width, height } = await readPlaying(path, mimetype);
  return { width, height, duration_ms: durationMs, thumbnail: undefined };
}

const sizes = ({ width, height }: Picture) => ({ width, height });

function problemOf(picture: PictureProblem): Failure {
  if (picture.problem === 'unreadable') return new Failure('MEDIA_UNREADABLE');
  const { width, height } = picture;
  return new Failure('MEDIA_PIXELS_EXCEEDED', {
    says: `The picture has too many pixels: ${width} x ${height}.`,
  });
}
