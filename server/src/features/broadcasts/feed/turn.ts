import { phoneChat, storedChat } from '../../../platform/chat-id.ts';
import { type Clock, later } from '../../../platform/clock.ts';
import { afterCommit, type Tx } from '../../../platform/db/transaction.ts';
import { Failure } from '../../../platform/failures.ts';
import { type KnownPerson, peopleOfChats } from '../../contacts/index.ts';
import { lockInOrder } from '../../conversations/index.ts';
import type { Messages } from '../../messages/index.ts';
import { isHeld, type Live } from '../../profiles/index.ts';
import type { Templates } from '../../templates/index.ts';
import type { BroadcastRow, BroadcastStore } from '../broadcasts.store.ts';
import { addCounts, addSkips } from '../count/counters.store.ts';
import { type Counts, countStep, level, noCounts } from '../count/levels.ts';
import type { Ending } from '../ending.ts';
import {
  changeRecipients,
  nextDeferred,
  queuedMessages,
  type RecipientChange,
  type RecipientRow,
  takeNext,
} from '../recipients.store.ts';
import { after, choose, type Sharer } from './fairness.ts';
import { filled } from './fill.ts';
import { type Judge, judged, type Verdict } from './judge.ts';

/** Messages of one campaign in the queue of its profile: of one without a delay, and of any other. */
const inQueueMax = 32;
const inQueuePaced = 1;
/** Of all campaigns of a profile with a pace of its own. */
const inQueueOfProfile = 2;
/** Whoever is to wait or to be left out is gathered: so many are asked about at once, and so often in a turn. */
const gatheredAtOnce = 200;
const gatheringsMax = 5;
/** A campaign that waits for its messages looks again by itself. */
const lookAgainMs = 60_000;

type Profile = NonNullable<Awaited<ReturnType<BroadcastStore['holdProfile']>>>;

/**
 * What a turn has come to: it fed, `full` waits for its messages to leave, `wait` for its time, `taken` for somebody who
 * changes it; `trouble`: a fault of ours; `crowded`: the queue of the profile has enough of all campaigns.
 */
export type TurnResult =
  | { is: 'fed' | 'full' | 'wait' | 'taken'; id: string }
  | { is: 'trouble'; id: string; error: unknown }
  | { is: 'none' }
  | { is: 'crowded' };

export interface TurnDeps {
  clock: Clock;
  store: BroadcastStore;
  messages: Pick<Messages, 'deliver' | 'campaigns'>;
  judge: Judge;
  templates: Pick<Templates, 'used'>;
  ending: Ending;
  /** At least 0 and less than 1. */
  random(): number;
}

/**
 * One turn of one campaign of a profile, in one short transaction under the lease of the profile: recipient, message and
 * counters change together, so a kill at any instant leaves all of it or nothing.
 */
export function createTurn(deps: TurnDeps) {
  const { clock, store, messages, ending } = deps;

  /** Answers how many messages were made, and the campaign as it then is. */
  async function feed(
    tx: Tx,
    row: BroadcastRow,
    profile: Profile,
    { recipients, sendsMax }: { recipients: readonly RecipientRow[]; sendsMax: number },
  ): Promise<{ made: number; row: BroadcastRow }> {
    const now = clock.now();
    const chats = recipients.map(({ chat }) => storedChat(chat));
    const people = await peopleOfChats(tx, row.profile_id, chats);
    const own = profile.phone_number ? phoneChat(profile.phone_number) : null;
    const verdicts = await judged(tx, deps.judge, { row, own, recipients, people, now, sendsMax });
    const sent = recipients.filter((_, at) => verdicts[at]?.is === 'send');
    if (sent.length > 1)
      await lockInOrder(
        tx,
        row.profile_id,
        sent.map(({ chat }) => storedChat(chat)),
      );
    const counts = new Map<number, Counts>();
    const changes: RecipientChange[] = [];
    let made = 0;
    const used = new Map<string, number>();
    let stop: Extract<Verdict, { is: 'pause' }> | undefined;
    let cursor = row.cursor;
    for (const [at, verdict] of verdicts.entries()) {
      const recipient = recipients[at] as RecipientRow;
      if (verdict.is === 'pause') {
        stop = verdict;
        break;
      }
      const change =
        verdict.is === 'send'
          ? await makeMessage(tx, row, recipient, people.get(recipient.chat))
          : changeOf(recipient, verdict);
      if (change.status === level.queued) {
        made += 1;
        const of = row.variants ? row.variants[recipient.variant]?.templateId : row.template_id;
        if (of) used.set(of, (used.get(of) ?? 0) + 1);
      }
      changes.push(change);
      const sums = counts.get(recipient.variant) ?? noCounts();
      countStep(sums, recipient.status, change.status);
      counts.set(recipient.variant, sums);
      if (recipient.status === level.pending) cursor = Math.max(cursor, recipient.ord);
    }
    await changeRecipients(tx, row.id, changes, now);
    for (const [variant, sums] of counts) await addCounts(tx, row.id, sums, variant);
    const skipped = changes.filter(({ status }) => status === level.skipped);
    await addSkips(
      tx,
      row.id,
      skipped.map(({ code }) => code ?? 'SKIPPED'),
    );
    for (const [id, times] of [...used].sort()) await deps.templates.used(tx, id, times);
    const fed = row.fed + made;
    const change = {
      ...{ cursor, fed, virtual_time: after({ weight: row.weight, virtualTime: row.virtual_time }, made) },
      ...{ next_due_at: made > 0 ? later(now, restAfter(row, fed)) : now, updated_at: now },
    };
    const changed = await store.update(tx, row.id, { ...change, status_reason: null });
    if (stop) await ending.pauseItself(tx, changed, stop);
    return { made, row: stop ? { ...changed, status: 'paused' } : changed };
  }

  /**
   * Feeds until somebody was made a message, or nobody waits. The first look is at as many as there is room for; where
   * those must all wait or are left out, more of them are decided at once, so that it does not take a turn for each.
   */
  async function feedNext(tx: Tx, begun: BroadcastRow, profile: Profile, room: number): Promise<boolean> {
    const sendsMax = begun.settings.delayMax === 0 ? room : 1;
    let row = begun;
    let isFed = false;
    for (let look = 0; look < gatheringsMax && row.status === 'running'; look++) {
      const limit = look === 0 ? sendsMax : gatheredAtOnce;
      const recipients = await takeNext(tx, row.id, { cursor: row.cursor, now: clock.now(), limit });
      if (recipients.length === 0) break;
      const fed = await feed(tx, row, profile, { recipients, sendsMax });
      isFed = true;
      row = fed.row;
      if (fed.made > 0) return true;
    }
    if (isFed) await ending.completeIfDone(tx, row);
    return isFed;
  }

  /** Its own, with the variables filled in; a message that can't be made fails this recipient only. */
  async function makeMessage(
    tx: Tx,
    row: BroadcastRow,
    recipient: RecipientRow,
    person: KnownPerson | undefined,
  ): Promise<RecipientChange> {
    const said = recipient.content ?? row.variants?.[recipient.variant] ?? row;
    try {
      const type = String(said.type);
      const { content } = filled(said.content ?? {}, recipient, person);
      if (content.text === '') throw new Failure('VALIDATION_ERROR', { says: 'The message would be empty.' });
      const { messageId } = await messages.deliver(
        tx,
        { organizationId: row.organization_id },
        {
          type,
          body: { profileId: row.profile_id, to: recipient.chat },
          content: messages.campaigns.copyOf(type, content),
          origin: { kind: row.kind, id: row.id },
        },
      );
      return { ord: recipient.ord, status: level.queued, messageId };
    } catch (error) {
      if (!(error instanceof Failure) || error.status >= 500) throw error;
      return { ord: recipient.ord, status: level.failed, code: error.code, reason: error.message };
    }
  }

  function restAfter(row: BroadcastRow, fed: number): number {
    const { delayMin, delayMax, batchSize, batchPause } = row.settings;
    const endsBatch = Math.floor(row.fed / batchSize) < Math.floor(fed / batchSize);
    return Math.round(delayMin + deps.random() * (delayMax - delayMin)) + (endsBatch ? batchPause : 0);
  }

  /** It goes on by itself then, and says what it waits for. */
  async function waits(
    tx: Tx,
    row: BroadcastRow,
    { until, why }: { until: Date; why: string | null },
  ): Promise<TurnResult> {
    await store.update(tx, row.id, { next_due_at: until, status_reason: why });
    if (row.status_reason !== why) afterCommit(tx, () => ending.progressed([row.id]));
    return { is: 'wait', id: row.id };
  }

  const isPartDone = async (tx: Tx, row: BroadcastRow): Promise<boolean> =>
    (await ending.completeIfDone(tx, row)) || ending.pauseIfPartDone(tx, row);

  /** How many may be fed; and until when it waits, if it waits for a time. */
  async function roomFor(tx: Tx, row: BroadcastRow, profile: Profile) {
    const now = clock.now();
    if (profile.sending_paused_until && profile.sending_paused_until > now) {
      return { room: 0, forAll: 0, until: profile.sending_paused_until, why: 'SLOW_DOWN', queued: 0 };
    }
    const { delayMax, stopOnError } = row.settings;
    const isUnpaced = delayMax === 0 && !stopOnError;
    const own = await queuedMessages(tx, row.id, inQueueMax);
    const waiting = await messages.campaigns.waitingOf(tx, profile.id);
    const paceMs = profile.message_delay_ms + profile.message_delay_jitter_ms;
    const forAll = (paceMs > 0 ? inQueueOfProfile : inQueueMax) - waiting.ofCampaigns;
    const rooms = [(isUnpaced ? inQueueMax : inQueuePaced) - own.length, forAll];
    if (row.pauses_after !== null) rooms.push(row.pauses_after - row.fed);
    const queued = own.length;
    if (profile.daily_message_limit !== null) {
      const isToday = profile.daily_reset_at !== null && profile.daily_reset_at > now;
      const today = isToday ? profile.daily_message_count : 0;
      const left = profile.daily_message_limit - today - waiting.all;
      if (left <= 0) {
        const until = isToday ? (profile.daily_reset_at as Date) : later(now, lookAgainMs);
        return { room: 0, forAll, until, why: 'DAILY_LIMIT', queued };
      }
      rooms.push(left);
    }
    return { room: Math.max(0, Math.min(...rooms)), forAll, until: undefined, why: null, queued };
  }

  return async (
    live: Pick<Live, 'profileId' | 'generation'>,
    passed: ReadonlySet<string>,
  ): Promise<TurnResult> => {
    let id: string | undefined;
    const work = store.inTransaction<TurnResult>(async (tx) => {
      const profile = await store.holdProfile(tx, live.profileId);
      if (!profile || !(await isHeld(tx, live))) return { is: 'none' };
      const now = clock.now();
      const running = (await store.runningOf(tx, live.profileId)).map(sharerOf);
      const chosen = choose(
        running.filter(({ id }) => !passed.has(id)),
        now,
      );
      if (!chosen) return { is: 'none' };
      id = chosen.id;
      const row = await store.take(tx, chosen.id);
      if (!row) return { is: 'taken', id: chosen.id };
      const { room, forAll, until, why, queued } = await roomFor(tx, row, profile);
      if (until) return waits(tx, row, { until, why });
      if (room === 0 && queued === 0 && (await isPartDone(tx, row))) return { is: 'wait', id: row.id };
      if (forAll <= 0) return { is: 'crowded' };
      if (room === 0) return { is: 'full', id: row.id };
      if (await feedNext(tx, row, profile, room)) {
        afterCommit(tx, () => ending.progressed([row.id]));
        return { is: 'fed', id: row.id };
      }
      if (await ending.completeIfDone(tx, row)) return { is: 'wait', id: row.id };
      await ending.giveUpLost(tx, row);
      const put = await nextDeferred(tx, row.id);
      const again = later(now, lookAgainMs);
      const isNext = put && (queued === 0 || put.at < again);
      return waits(tx, row, { until: isNext ? put.at : again, why: put?.code ?? null });
    });
    return work.catch((error: unknown) => {
      if (id === undefined) throw error;
      return { is: 'trouble', id, error };
    });
  };
}

const sharerOf = (row: {
  id: string;
  weight: number;
  virtual_time: number;
  next_due_at: Date | null;
}): Sharer => ({ id: row.id, weight: row.weight, virtualTime: row.virtual_time, dueAt: row.next_due_at });

function changeOf(
  { ord }: RecipientRow,
  verdict: Extract<Verdict, { is: 'skip' | 'defer' }>,
): RecipientChange {
  if (verdict.is === 'skip')
    return { ord, status: level.skipped, code: verdict.code, reason: verdict.reason ?? null };
  return { ord, status: level.deferred, notBefore: verdict.until, code: verdict.code };
}
