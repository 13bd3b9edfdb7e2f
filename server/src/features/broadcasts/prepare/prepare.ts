import { phoneChat } from '../../../platform/chat-id.ts';
import type { Clock } from '../../../platform/clock.ts';
import { afterCommit, type Tx } from '../../../platform/db/transaction.ts';
import type { JobQueue } from '../../../platform/jobs/jobs.ts';
import type { Media } from '../../media/index.ts';
import type { BroadcastRow, BroadcastStore } from '../broadcasts.store.ts';
import { addCounts, addSkips, countsOf, skipsOf } from '../count/counters.store.ts';
import { type Counts, countedAs, noCounts } from '../count/levels.ts';
import type { Ending } from '../ending.ts';
import { addRecipients, type NewRecipient, removeSome } from '../recipients.store.ts';
import { type AudienceReader, leftOut, type Read, rowRecipient } from './audience.ts';
import { prepareBroadcast } from './prepare.jobs.ts';
import { BrokenUpload, type OfFile, type Uploads } from './uploads.ts';
import { variantOf } from './variant-of.ts';

const removedAtOnce = 5_000;

/** So many characters of variables are held at once for a look at a file. */
const lookedAtMax = 16 * 1024 * 1024;

/** The beginning of a file, in chunks, and whether that is all of it. */
export interface FirstRows {
  chunks: NewRecipient[][];
  isAll: boolean;
}

/** What files of audiences are kept under, until their people are recipients. */
export const audienceFile = 'broadcast-audience';

/**
 * Turns the audience of a campaign into its recipients, a chunk in each transaction, which moves place and counters with it:
 * it may be interrupted anywhere and be done twice, and its memory does not grow with the audience.
 */
export function createPreparation(deps: {
  clock: Clock;
  store: BroadcastStore;
  audience: AudienceReader;
  uploads: Pick<Uploads, 'chunks'>;
  media: Pick<Media, 'release'>;
  jobs: JobQueue;
  ending: Ending;
  poke(profileId: string): void;
}) {
  const { clock, store, audience, uploads } = deps;

  /** These people become recipients; answers the campaign as it then is. */
  async function add(tx: Tx, row: BroadcastRow, { people, next }: Read): Promise<BroadcastRow> {
    const now = clock.now();
    const profile = await store.holdProfile(tx, row.profile_id);
    const own = profile?.phone_number ? phoneChat(profile.phone_number) : undefined;
    const fit = people
      .map((one) => (one.chat === own ? leftOut(one.chat, 'OWN_NUMBER') : one))
      .map((one) => ({ ...one, variant: variantOf(row.id, one.chat, row.variants) }));
    const added = await addRecipients(tx, row.id, { until: row.prepared_until, now }, fit);
    const counts = new Map<number, Counts>();
    for (const { status, variant } of added) {
      const sums = counts.get(variant) ?? noCounts();
      for (const name of countedAs(status)) sums[name] += 1;
      counts.set(variant, sums);
    }
    for (const [variant, sums] of counts) await addCounts(tx, row.id, sums, variant);
    await addSkips(
      tx,
      row.id,
      added.flatMap(({ code }) => code ?? []),
    );
    return store.update(tx, row.id, {
      ...{ prepared_until: row.prepared_until + people.length, updated_at: now },
      ...{ preparing: next ? JSON.stringify(next) : null, prepared_at: next ? null : now },
    });
  }

  /** One chunk more of what is in the database. */
  const step = async (tx: Tx, row: BroadcastRow) => add(tx, row, await audience.next(tx, row));

  /** One that still wants to be prepared, locked. */
  async function unprepared(tx: Tx, id: string): Promise<BroadcastRow | undefined> {
    const row = await store.lock(tx, id);
    const isWanted = row?.preparing && !row.prepared_at && !row.removed_at && row.status !== 'failed';
    return isWanted ? row : undefined;
  }

  /** All are gathered. Where nobody is to be sent it, a person may look for the reason: it becomes a draft again. */
  async function ended(tx: Tx, row: BroadcastRow): Promise<false> {
    const { pending, deferred, queued } = (await countsOf(tx, [row.id])).get(row.id) ?? noCounts();
    if (pending + deferred + queued + row.fed === 0) {
      const broken = nobodyFor(await skipsOf(tx, row.id));
      await store.update(tx, row.id, { preparing: JSON.stringify({ broken }), prepared_at: null });
      return false;
    }
    if (row.audience.type === 'upload') await deps.media.release(tx, audienceFile, [row.id]);
    await deps.ending.completeIfDone(tx, row);
    afterCommit(tx, () => deps.poke(row.profile_id));
    return false;
  }

  const stepped = (id: string) =>
    store.inTransaction(async (tx) => {
      const row = await unprepared(tx, id);
      if (!row || row.preparing?.broken !== undefined) return false;
      const after = await step(tx, row);
      return after.prepared_at ? ended(tx, after) : true;
    });

  /** Reads a file on from where it stands; false from `take` when somebody else goes on with it, or nobody wants it. */
  async function runUpload(begun: BroadcastRow, signal: AbortSignal): Promise<void> {
    let at = begun.preparing?.listed ?? 0;
    const country = await audience.countryOf(begun);
    const take = (people: Read['people'], isLast: boolean) =>
      store.inTransaction(async (tx) => {
        const row = await unprepared(tx, begun.id);
        if (!row || (row.preparing?.listed ?? 0) !== at) return false;
        const next = isLast ? undefined : { listed: at + people.length };
        const after = await add(tx, row, { people, next });
        return after.prepared_at ? ended(tx, after) : true;
      });
    for await (const rows of uploads.chunks(begun, at)) {
      signal.throwIfAborted();
      const people = rows.map((one) => rowRecipient(one, country));
      if (!(await take(people, false))) return;
      at += rows.length;
    }
    await take([], true);
  }

  /** What there is of it goes, bit by bit, and it is a draft again that says why. */
  async function giveBack(id: string, signal: AbortSignal, reason?: string): Promise<void> {
    const isBroken = await store.inTransaction(async (tx) => {
      const row = await unprepared(tx, id);
      if (!row || (reason === undefined && row.preparing?.broken === undefined)) return false;
      if (reason !== undefined) {
        const preparing = JSON.stringify({ ...row.preparing, broken: reason });
        await store.update(tx, id, { preparing, scheduled_at: null });
      }
      return true;
    });
    if (!isBroken) return;
    for (let gone = removedAtOnce; gone === removedAtOnce; ) {
      signal.throwIfAborted();
      gone = await store.inTransaction(async (tx) =>
        (await unprepared(tx, id)) ? removeSome(tx, id, removedAtOnce) : 0,
      );
    }
    await store.inTransaction(async (tx) => {
      const row = await unprepared(tx, id);
      if (row?.preparing?.broken !== undefined)
        await deps.ending.returnToDraft(tx, row, row.preparing.broken);
    });
  }

  return {
    /**
     * What a look at an audience that is a file takes of it. It is read before the transaction of that look, which may hold
     * no connection while a store of files keeps it waiting. @throws BrokenUpload
     */
    async read(row: OfFile, chunksMax: number): Promise<FirstRows> {
      const country = await audience.countryOf(row);
      const first: FirstRows = { chunks: [], isAll: false };
      let size = 0;
      for await (const rows of uploads.chunks(row, 0)) {
        if (first.chunks.length === chunksMax || size > lookedAtMax) return first;
        first.chunks.push(rows.map((one) => rowRecipient(one, country)));
        for (const { metadata } of rows) size += JSON.stringify(metadata).length;
      }
      return { ...first, isAll: true };
    },

    /** The first chunks and no more, for a look at it; of a file those that were `read`. */
    async some(tx: Tx, row: BroadcastRow, chunksMax: number, read?: FirstRows): Promise<BroadcastRow> {
      let now = row;
      if (!read) {
        for (let chunks = 0; !now.prepared_at && chunks < chunksMax; chunks++) now = await step(tx, now);
        return now;
      }
      for (const people of read.chunks) {
        now = await add(tx, now, { people, next: { listed: now.prepared_until + people.length } });
      }
      return read.isAll ? add(tx, now, { people: [], next: undefined }) : now;
    },

    /** The first chunk, in the transaction that wants it; a job does what is left, and all of a file. */
    async begin(tx: Tx, row: BroadcastRow): Promise<BroadcastRow> {
      const isFile = row.audience.type === 'upload';
      const begun = isFile
        ? await store.update(tx, row.id, { preparing: JSON.stringify({ listed: 0 }), prepared_at: null })
        : await step(tx, row);
      const { id: broadcastId, organization_id: whose } = row;
      if (!begun.prepared_at) await deps.jobs.enqueue(tx, prepareBroadcast, { broadcastId }, { whose });
      return begun;
    },

    sizeOf: audience.sizeOf,
    countryOf: audience.countryOf,

    /** Goes on with what a request has begun. */
    async run({ broadcastId }: { broadcastId: string }, signal: AbortSignal): Promise<void> {
      const begun = await store.inTransaction((tx) => unprepared(tx, broadcastId));
      if (!begun) return;
      if (begun.preparing?.broken !== undefined) return giveBack(broadcastId, signal);
      if (begun.audience.type !== 'upload') {
        for (let more = true; more; ) {
          signal.throwIfAborted();
          more = await stepped(broadcastId);
        }
        return giveBack(broadcastId, signal);
      }
      try {
        await runUpload(begun, signal);
        await giveBack(broadcastId, signal);
      } catch (error) {
        if (!(error instanceof BrokenUpload)) throw error;
        await giveBack(broadcastId, signal, error.message);
      }
    },
  };
}

/** Why nobody is left, in words. */
function nobodyFor(skips: Record<string, number>): string {
  const why = Object.entries(skips).map(([code, n]) => `${code} ${n}`);
  const nobody = 'No recipients found for this broadcast';
  return why.length === 0 ? nobody : `${nobody}: all were left out (${why.join(', ')})`;
}

export type Preparation = ReturnType<typeof createPreparation>;
