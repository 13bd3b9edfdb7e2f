import type { Static } from 'typebox';
import type { Actor } from '../../platform/actor.ts';
import { phoneChat, storedChat } from '../../platform/chat-id.ts';
import type { Clock } from '../../platform/clock.ts';
import type { Tx } from '../../platform/db/transaction.ts';
import { Failure } from '../../platform/failures.ts';
import type { Rate } from '../../platform/rate.ts';
import { peopleOfChats } from '../contacts/index.ts';
import type { Messages } from '../messages/index.ts';
import type { Preview } from './broadcasts.schema.ts';
import type { BroadcastRow, BroadcastStore } from './broadcasts.store.ts';
import { countsOf } from './count/counters.store.ts';
import { noCounts } from './count/levels.ts';
import { filled } from './feed/fill.ts';
import { type Judge, judged } from './feed/judge.ts';
import type { Preparation } from './prepare/prepare.ts';
import { takeNext } from './recipients.store.ts';

const judgedMax = 1_000;
const samplesMax = 20;
const daySeconds = 86_400;

/** Carries the answer out of a transaction that must leave nothing behind. */
class Undone extends Error {
  readonly answer: Static<typeof Preview>;
  constructor(answer: Static<typeof Preview>) {
    super('a preview is undone');
    this.answer = answer;
  }
}

/**
 * What a campaign would do if it began now: prepared, judged and filled in by the parts that do it in earnest, in a
 * transaction that is undone.
 */
export function createPreview(deps: {
  clock: Clock;
  store: BroadcastStore;
  preparation: Pick<Preparation, 'first' | 'sizeOf'>;
  judge: Judge;
  rate: Rate;
  messages: Pick<Messages, 'presentContent'>;
}) {
  const { clock, store, preparation } = deps;

  async function look(tx: Tx, row: BroadcastRow): Promise<Static<typeof Preview>> {
    const now = clock.now();
    const profile = await store.holdProfile(tx, row.profile_id);
    if (!profile) throw new Failure('BROADCAST_NOT_FOUND');
    const prepared = row.status === 'draft' ? await preparation.first(tx, row) : row;
    const counts = (await countsOf(tx, [row.id])).get(row.id) ?? noCounts();
    const waiting = counts.pending + counts.deferred;
    const count = prepared.prepared_at ? waiting : await preparation.sizeOf(tx, prepared);
    const recipients = await takeNext(tx, row.id, { cursor: row.cursor, now, limit: judgedMax });
    const people = await peopleOfChats(
      tx,
      row.profile_id,
      recipients.map(({ chat }) => storedChat(chat)),
    );
    const own = profile.phone_number ? phoneChat(profile.phone_number) : null;
    const verdicts = await judged(tx, deps.judge, { row, own, recipients, people, now });
    const tally: Record<string, number> = {};
    for (const verdict of verdicts) {
      const key = verdict.is === 'send' ? 'SEND' : verdict.code;
      tally[key] = (tally[key] ?? 0) + 1;
    }
    const sent = verdicts.filter(({ is }) => is === 'send').length;
    const samples = recipients
      .filter((_, at) => verdicts[at]?.is === 'send')
      .slice(0, samplesMax)
      .map((recipient) => {
        const { content, unknown } = filled(row.content ?? {}, recipient, people.get(recipient.chat));
        return {
          ...{ chatId: recipient.chat, type: row.type ?? '', unknown },
          content: deps.messages.presentContent(content),
        };
      });
    const share = recipients.length === 0 ? 0 : sent / recipients.length;
    return {
      ...{ recipients: count, leftOut: counts.skipped, judged: recipients.length, verdicts: tally, samples },
      isSample: recipients.length < count,
      unknown: [...new Set(samples.flatMap((sample) => sample.unknown))],
      seconds: secondsOf(row, profile, Math.round(count * share)),
    };
  }

  /** @throws Failure BROADCAST_NOT_FOUND, RATE_LIMITED */
  return async (actor: Actor, id: string): Promise<Static<typeof Preview>> => {
    deps.rate.count(actor.organizationId);
    try {
      return await store.inTransaction(async (tx) => {
        const row = await store.find(actor, id, tx);
        if (row?.kind !== 'broadcast' || !(await store.lock(tx, id)))
          throw new Failure('BROADCAST_NOT_FOUND');
        throw new Undone(await look(tx, row));
      });
    } catch (error) {
      if (error instanceof Undone) return error.answer;
      throw error;
    }
  };
}

/** How long it takes at least and at most, if nothing is in its way but delays, rests, pace and the daily limit. */
function secondsOf(
  { settings }: Pick<BroadcastRow, 'settings'>,
  profile: { message_delay_ms: number; message_delay_jitter_ms: number; daily_message_limit: number | null },
  messages: number,
): { min: number; max: number } {
  const { delayMin, delayMax, batchSize, batchPause } = settings;
  const gaps = Math.max(0, messages - 1);
  const rests = Math.floor(gaps / batchSize) * batchPause;
  const { message_delay_ms: pace, message_delay_jitter_ms: jitter, daily_message_limit: limit } = profile;
  const nights = limit === null || limit === 0 ? 0 : Math.floor(gaps / limit);
  const seconds = (eachMs: number) => Math.round((gaps * eachMs + rests) / 1_000) + nights * daySeconds;
  return { min: seconds(Math.max(delayMin, pace)), max: seconds(Math.max(delayMax, pace + jitter)) };
}
