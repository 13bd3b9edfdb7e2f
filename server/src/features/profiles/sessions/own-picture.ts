import { Readable } from 'node:stream';
import { setTimeout as pause } from 'node:timers/promises';
import { EngineBusy, type Person } from '../../../engines/port.ts';
import { lidChat, phoneChat } from '../../../platform/chat-id.ts';
import { type Clock, dayMs } from '../../../platform/clock.ts';
import { type Db, inTransaction } from '../../../platform/db/transaction.ts';
import type { EventRecorder } from '../../../platform/events/record.ts';
import { Failure } from '../../../platform/failures.ts';
import type { Log } from '../../../platform/log.ts';
import type { Media } from '../../media/index.ts';
import { isHeld } from '../leases.store.ts';
import { profilePicture } from '../profiles.events.ts';
import type { ProfileRow, ProfileStore } from '../profiles.store.ts';
import type { Live } from './live.ts';

/** What a reference to the picture of a profile is called among media. */
const kind = 'profile-picture';
export const pictureFilename = 'picture.jpg';

/** After a login, sending comes first. */
const afterLoginMs = 2_000;
const busyMs = 60_000;
/** A picture that was seen so long ago is looked at again after a login, in case that nobody told of a change. */
const oldMs = dayMs;

/** Keeps the picture that an account shows of itself, on the node that has its connection. */
export function createOwnPicture(deps: {
  db: Db;
  clock: Clock;
  log: Log;
  events: Pick<EventRecorder, 'record'>;
  media: Pick<Media, 'store' | 'refer' | 'release'>;
  store: Pick<ProfileStore, 'own' | 'lock' | 'update'>;
}) {
  const { db, clock, log, media, store } = deps;
  /** Connections whose picture is being looked at, and whether it has changed since. */
  const looking = new WeakMap<Live, { isStale: boolean }>();

  async function look(live: Live): Promise<void> {
    const before = await store.own(live.profileId);
    if (!before?.phone_number || !live.session.people) return;
    const isSame = before.picture_of === before.phone_number && before.picture_media_id !== null;
    const known = (isSame && before.picture_version) || undefined;
    const picture = await live.session.people.picture(phoneChat(before.phone_number), known);
    const jpeg = picture.is === 'shown' ? picture.jpeg : undefined;
    if (picture.is === 'shown' && !jpeg) return seen(live, before, undefined);
    const mediaId = jpeg ? await bring(live, jpeg) : null;
    const version = picture.is === 'shown' && mediaId ? picture.version : null;
    await seen(live, before, { picture_media_id: mediaId, picture_version: version });
  }

  /** The picture as a file of ours; null where there is no room for it. */
  async function bring({ organizationId, profileId }: Live, jpeg: Buffer): Promise<string | null> {
    const said = { mimetype: 'image/jpeg', filename: pictureFilename };
    try {
      return (await media.store(organizationId, Readable.from([jpeg]), said)).id;
    } catch (error) {
      if (!(error instanceof Failure)) throw error;
      log.warn({ err: error, profileId }, 'the picture of a profile could not be kept');
      return null;
    }
  }

  /** What was seen of the account holds from now on; without a picture the one that is kept was seen again. */
  async function seen(
    live: Live,
    { phone_number: phone }: ProfileRow,
    picture: Pick<ProfileRow, 'picture_media_id' | 'picture_version'> | undefined,
  ): Promise<void> {
    await inTransaction(db, async (tx) => {
      const row = await store.lock(live.profileId, tx);
      if (row?.phone_number !== phone || !(await isHeld(tx, live))) return;
      const now = clock.now();
      const isNews = picture !== undefined && picture.picture_media_id !== row.picture_media_id;
      await store.update(tx, row.id, {
        ...{ ...picture, picture_of: phone, picture_seen_at: now },
        ...(isNews && { updated_at: now }),
      });
      if (!isNews) return;
      const { id, organization_id: organizationId } = row;
      const mediaId = picture.picture_media_id;
      await media.release(tx, kind, [id]);
      if (mediaId) await media.refer(tx, organizationId, mediaId, { kind, id, profileId: id });
      await deps.events.record(tx, profilePicture, {
        ...{ organizationId, profileId: id },
        body: { profileId: id, isShown: mediaId !== null },
      });
    });
  }

  /** Looks until nothing has changed meanwhile. */
  async function work(live: Live, state: { isStale: boolean }): Promise<void> {
    try {
      while (state.isStale && !live.ended.aborted) {
        state.isStale = false;
        const restMs = await look(live).then(
          () => 0,
          (error: unknown) => {
            if (error instanceof EngineBusy) return error.retryAfterMs ?? busyMs;
            throw error;
          },
        );
        if (restMs === 0) continue;
        state.isStale = true;
        await pause(restMs, undefined, { signal: live.ended, ref: false });
      }
    } finally {
      looking.delete(live);
    }
  }

  function lookSoon(live: Live): void {
    const state = looking.get(live);
    if (state) {
      state.isStale = true;
      return;
    }
    const begun = { isStale: true };
    looking.set(live, begun);
    work(live, begun).catch((error: unknown) => {
      if (live.ended.aborted) return;
      log.debug({ err: error, profileId: live.profileId }, 'the picture of a profile is looked at later');
    });
  }

  async function afterLogin(live: Live): Promise<void> {
    await pause(afterLoginMs, undefined, { signal: live.ended, ref: false });
    const row = await store.own(live.profileId);
    const seenAt = row?.picture_of === row?.phone_number ? row?.picture_seen_at : undefined;
    if (row && (!seenAt || clock.now().getTime() - seenAt.getTime() >= oldMs)) lookSoon(live);
  }

  async function ifOwn(live: Live, people: readonly Person[]): Promise<void> {
    const row = await store.own(live.profileId);
    const own = [row?.phone_number && phoneChat(row.phone_number), row?.lid && lidChat(row.lid)];
    const isOwn = people.some(({ phone, lid }) => [phone, lid].some((chat) => chat && own.includes(chat)));
    if (isOwn) lookSoon(live);
  }

  const later = (live: Live, work: Promise<void>) =>
    void work.catch((error: unknown) => {
      if (live.ended.aborted) return;
      log.warn({ err: error, profileId: live.profileId }, 'the picture of a profile was not looked at');
    });

  return {
    /** The profile is connected: what was never seen, or long ago, is looked at. */
    connected: (live: Live) => later(live, afterLogin(live)),
    /** People changed what they show; the account itself may be among them. */
    changed: (live: Live, people: readonly Person[]) => later(live, ifOwn(live, people)),
  };
}
