import { Readable } from 'node:stream';
import { setTimeout as pause } from 'node:timers/promises';
import {
  EngineBusy,
  EngineGone,
  EngineRefusal,
  type PeoplePower,
  type Person,
} from '../../../engines/port.ts';
import type { Clock } from '../../../platform/clock.ts';
import { type Db, inTransaction } from '../../../platform/db/transaction.ts';
import type { EventRecorder } from '../../../platform/events/record.ts';
import { Failure } from '../../../platform/failures.ts';
import type { Log } from '../../../platform/log.ts';
import { createRate } from '../../../platform/rate.ts';
import type { Media } from '../../media/index.ts';
import { isHeld, type Live } from '../../profiles/index.ts';
import { contactUpdated, eventOf } from '../contacts.events.ts';
import { pictureFilename } from '../contacts.present.ts';
import { type ContactRow, chatOf, pictureKind } from '../people.store.ts';
import { contactOfProfile, keepLooks, lockOfProfile, noteChanged } from './looks.store.ts';

/** WhatsApp watches how many people an account looks at: those nobody waits for come one after the other. */
const everyMs = 3_000;
const busyMs = 60_000;
/** More than these wait for nobody in particular; who is left out is looked at when somebody asks again. */
const waitingMax = 100;
const askedPerMinute = 20;
/** Whoever asks again sooner gets what was seen. */
const freshMs = 10_000;

type Picture = Awaited<ReturnType<PeoplePower['picture']>>;
type About = Awaited<ReturnType<PeoplePower['about']>>;

/** Looks at what people show of themselves, on the node that has the connection, and keeps it with its event. */
export function createLooker(deps: {
  db: Db;
  clock: Clock;
  log: Log;
  events: EventRecorder;
  media: Pick<Media, 'store' | 'refer' | 'release'>;
}) {
  const { db, clock, log, media } = deps;
  const rate = createRate(clock, askedPerMinute);
  const queues = new WeakMap<Live, { waiting: Set<string>; isRunning: boolean }>();

  async function look(live: Live, contactId: string): Promise<void> {
    const { people } = live.session;
    if (!people) throw new EngineRefusal(501, 'The engine of this profile can’t see what people show.');
    const before = await contactOfProfile(db, live.profileId, contactId);
    if (!before) return;
    const person = chatOf({ phone: before.phone ?? undefined, lid: before.lid ?? undefined });
    const known = before.picture_media_id && before.picture_version ? before.picture_version : undefined;
    const picture = await people.picture(person, known);
    const about = await people.about(person);
    const mediaId = await bring(live, picture);
    await inTransaction(db, (tx) => keep(tx, live, contactId, { picture, about, mediaId }));
  }

  /** The picture as a file of ours; null where there is no room for it. */
  async function bring({ organizationId, profileId }: Live, picture: Picture): Promise<string | null> {
    if (picture.is !== 'shown' || !picture.jpeg) return null;
    const said = { mimetype: 'image/jpeg', filename: pictureFilename };
    try {
      return (await media.store(organizationId, Readable.from([picture.jpeg]), said)).id;
    } catch (error) {
      if (!(error instanceof Failure)) throw error;
      log.warn({ err: error, profileId }, 'the picture of a contact could not be kept');
      return null;
    }
  }

  async function keep(
    tx: Parameters<typeof lockOfProfile>[0],
    live: Live,
    contactId: string,
    seen: { picture: Picture; about: About; mediaId: string | null },
  ): Promise<void> {
    if (!(await isHeld(tx, live))) return;
    const row = await lockOfProfile(tx, live.profileId, contactId);
    if (!row) return;
    const now = clock.now();
    const looks = looksOf(row, seen);
    const changed = changedIn(row, looks);
    if (row.picture_media_id !== looks.picture_media_id) {
      await media.release(tx, pictureKind, [row.id]);
      const { organization_id, profile_id: profileId } = row;
      const { picture_media_id: id } = looks;
      if (id) await media.refer(tx, organization_id, id, { kind: pictureKind, id: row.id, profileId });
    }
    const isNews = changed.length > 0;
    const current = await keepLooks(tx, row.id, {
      ...looks,
      looked_at: now,
      ...(isNews && { updated_at: now }),
    });
    if (isNews) await deps.events.record(tx, contactUpdated, eventOf(current, { changed }));
  }

  async function work(live: Live, waiting: Set<string>): Promise<void> {
    for (const id of waiting) {
      if (live.ended.aborted) return;
      waiting.delete(id);
      let restMs = everyMs;
      try {
        await look(live, id);
      } catch (error) {
        if (error instanceof EngineGone && live.ended.aborted) return;
        if (error instanceof EngineBusy) restMs = error.retryAfterMs ?? busyMs;
        log.debug({ err: error, profileId: live.profileId }, 'a contact could not be looked at');
      }
      await pause(restMs, undefined, { signal: live.ended, ref: false }).catch(() => undefined);
    }
  }

  /** Has them looked at without a hurry. */
  function soon(live: Live, ids: readonly string[]): void {
    const queue = queues.get(live) ?? { waiting: new Set<string>(), isRunning: false };
    queues.set(live, queue);
    for (const id of ids) if (queue.waiting.size < waitingMax) queue.waiting.add(id);
    if (queue.isRunning || queue.waiting.size === 0) return;
    queue.isRunning = true;
    void work(live, queue.waiting).finally(() => {
      queue.isRunning = false;
    });
  }

  return {
    soon,

    /** @throws EngineGone, EngineBusy, EngineRefusal */
    async now(live: Live, contactId: string): Promise<void> {
      const row = await contactOfProfile(db, live.profileId, contactId);
      if (row?.looked_at && clock.now().getTime() - row.looked_at.getTime() < freshMs) return;
      try {
        rate.count(live.profileId);
      } catch {
        throw new EngineBusy('This profile has looked at many people within a minute.');
      }
      await look(live, contactId);
    },

    /** People changed what they show: of those that were looked at before, it is looked at again. */
    changed(live: Live, people: readonly Person[]): void {
      noteChanged(db, live.profileId, people).then(
        (ids) => soon(live, ids),
        (error: unknown) =>
          log.warn({ err: error, profileId: live.profileId }, 'a change of a contact was not noted'),
      );
    },
  };
}

export type Looker = ReturnType<typeof createLooker>;

function looksOf(
  row: ContactRow,
  { picture, about, mediaId }: { picture: Picture; about: About; mediaId: string | null },
) {
  const isKept = picture.is === 'shown' && !picture.jpeg && row.picture_version === picture.version;
  return {
    picture_state: picture.is,
    // Without a file the next look brings it again.
    picture_version: picture.is === 'shown' && (isKept || mediaId) ? picture.version : null,
    picture_media_id: isKept ? row.picture_media_id : mediaId,
    about_state: about.is,
    about: about.is === 'shown' ? about.text : null,
  };
}

const shown = {
  avatarState: 'picture_state',
  avatarUrl: 'picture_media_id',
  aboutState: 'about_state',
  about: 'about',
} as const;

/** What is another now, by the names of the wire. */
function changedIn(before: ContactRow, after: ReturnType<typeof looksOf>): string[] {
  const names = Object.keys(shown) as (keyof typeof shown)[];
  return names.filter((name) => before[shown[name]] !== after[shown[name]]);
}
