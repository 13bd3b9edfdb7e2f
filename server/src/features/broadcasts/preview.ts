import { isDeepStrictEqual } from 'node:util';
import type { Static } from 'typebox';
import type { Actor } from '../../platform/actor.ts';
import { type ChatId, parseChatId, phoneChat, storedChat } from '../../platform/chat-id.ts';
import { type Clock, later } from '../../platform/clock.ts';
import type { Tx } from '../../platform/db/transaction.ts';
import { Failure } from '../../platform/failures.ts';
import type { Rate } from '../../platform/rate.ts';
import { type KnownPerson, peopleOfChats } from '../contacts/index.ts';
import type { Messages } from '../messages/index.ts';
import type { Outlook } from '../sending-policy/index.ts';
import { presentRecipient } from './broadcasts.present.ts';
import type { BroadcastRow, BroadcastStore } from './broadcasts.store.ts';
import { countsOf, skipsOf } from './count/counters.store.ts';
import { shareOf } from './count/intervals.ts';
import { noCounts } from './count/levels.ts';
import { durationOf } from './duration.ts';
import { filled } from './feed/fill.ts';
import { type Judge, judged, type Verdict } from './feed/judge.ts';
import type { FirstRows, Preparation } from './prepare/prepare.ts';
import { BrokenUpload, type OfFile } from './prepare/uploads.ts';
import { type RecipientRow, recipientOfChat, sampleWaiting } from './recipients.store.ts';
import type { Preview } from './results.schema.ts';

/** Of so many each is asked about; of more a sample is. */
const exactMax = 10_000;
const sampleMax = 2_000;
const askedAtOnce = 1_000;
const chunksMax = exactMax / askedAtOnce;
const samplesMax = 20;
const coldCodes = ['COLD_LIMIT', 'WARMUP'];

/** Carries the answer out of a transaction that must leave nothing behind. */
class Undone extends Error {
  readonly answer: unknown;
  constructor(answer: unknown) {
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
  preparation: Pick<Preparation, 'read' | 'some' | 'sizeOf' | 'countryOf'>;
  judge: Judge;
  outlook(tx: Tx, campaign: BroadcastRow, now: Date): Promise<Outlook | undefined>;
  rate: Rate;
  messages: Pick<Messages, 'presentContent'>;
}) {
  const { clock, store, preparation } = deps;

  async function look(tx: Tx, row: BroadcastRow, file?: LookedAt): Promise<Static<typeof Preview>> {
    const now = clock.now();
    if (isUnread(row) && !isDeepStrictEqual(row.audience, file?.audience)) throw new Changed();
    const profile = await store.holdProfile(tx, row.profile_id);
    if (!profile) throw new Failure('BROADCAST_NOT_FOUND');
    const prepared = row.status === 'draft' ? await preparation.some(tx, row, chunksMax, file?.rows) : row;
    const counts = (await countsOf(tx, [row.id])).get(row.id) ?? noCounts();
    const waiting = counts.pending + counts.deferred;
    const count = prepared.prepared_at ? waiting : await preparation.sizeOf(tx, prepared);
    const oneOf = waiting > exactMax || !prepared.prepared_at ? Math.ceil(waiting / sampleMax) : 1;
    const recipients = await sampleWaiting(tx, row.id, { oneOf: Math.max(oneOf, 1), limit: exactMax });
    const own = profile.phone_number ? phoneChat(profile.phone_number) : null;
    const { verdicts, people } = await verdictsOn(tx, { row, own, recipients, now });
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
        const said = row.variants?.[recipient.variant] ?? row;
        const { content, unknown } = filled(said.content ?? {}, recipient, people.get(recipient.chat));
        return {
          ...{ chatId: recipient.chat, type: said.type ?? '', unknown },
          content: deps.messages.presentContent(content),
        };
      });
    const asked = Math.max(1, recipients.length);
    const coming = verdicts.filter(({ is }) => is === 'send' || is === 'defer');
    const outlook = await deps.outlook(tx, row, now);
    const cold = Math.round((count * coming.filter(isCold).length) / asked);
    const opens = verdicts.flatMap((verdict) => (verdict.is === 'defer' ? [verdict.until.getTime()] : []));
    const waitMs = sent === 0 && opens.length > 0 ? Math.min(...opens) - now.getTime() : 0;
    const seconds = durationOf({
      ...{ settings: row.settings, messages: Math.round((count * coming.length) / asked) },
      ...{ paceMs: profile.message_delay_ms, jitterMs: profile.message_delay_jitter_ms },
      ...{
        dailyLimit: profile.daily_message_limit,
        coldDays: outlook && cold > 0 ? outlook.coldDays(cold) : 0,
      },
      ...{ openHours: outlook?.openHours ?? 24, waitSeconds: waitMs / 1_000 },
    });
    const at = (afterSeconds: number) => later(now, afterSeconds * 1_000).toISOString();
    return {
      ...{
        recipients: count,
        leftOut: counts.skipped,
        leftOutFor: await skipsOf(tx, row.id),
        judged: recipients.length,
        verdicts: tally,
        samples,
      },
      isSample: recipients.length < count,
      sendShare: recipients.length < count ? shareOf(sent, recipients.length) : null,
      unknown: [...new Set(samples.flatMap((sample) => sample.unknown))],
      ...{ seconds, endsBetween: [at(seconds.min), at(seconds.max)] },
    };
  }

  /** As the feeder would have them, one after the other. */
  async function verdictsOn(
    tx: Tx,
    { recipients, ...of }: { row: BroadcastRow; own: ChatId | null; recipients: RecipientRow[]; now: Date },
  ) {
    const verdicts: Verdict[] = [];
    const people = new Map<string, KnownPerson>();
    for (let at = 0; at < recipients.length; at += askedAtOnce) {
      const some = recipients.slice(at, at + askedAtOnce);
      const chats = some.map(({ chat }) => storedChat(chat));
      const known = await peopleOfChats(tx, of.row.profile_id, chats);
      verdicts.push(...(await judged(tx, deps.judge, { ...of, recipients: some, people: known })));
      for (const [chat, person] of known) people.set(chat, person);
    }
    return { verdicts, people };
  }

  /** Looks at the campaign that `find` answers, in a transaction of which nothing is left. */
  async function undone<Answer>(
    find: (tx: Tx) => Promise<BroadcastRow>,
    ask: (tx: Tx, row: BroadcastRow) => Promise<Answer>,
  ): Promise<Answer> {
    try {
      return await store.inTransaction(async (tx) => {
        throw new Undone(await ask(tx, await find(tx)));
      });
    } catch (error) {
      if (error instanceof Undone) return error.answer as Answer;
      throw error;
    }
  }

  /** Looks at the campaign that `find` answers; `known` tells what its audience is, of which a file is read before. */
  async function preview(known: () => Promise<Looked>, find: (tx: Tx) => Promise<BroadcastRow>) {
    for (;;) {
      const row = await known();
      const rows = isUnread(row) ? await readOf(row) : undefined;
      try {
        return await undone(find, (tx, found) => look(tx, found, rows && { rows, audience: row.audience }));
      } catch (error) {
        // Somebody has given it another audience meanwhile.
        if (!(error instanceof Changed)) throw error;
      }
    }
  }

  const readOf = (row: Looked) =>
    preparation.read(row, chunksMax).catch((error: unknown) => {
      if (!(error instanceof BrokenUpload)) throw error;
      throw new Failure('CSV_UNREADABLE', { says: error.message, cause: error });
    });

  /** With a transaction it is locked. @throws Failure BROADCAST_NOT_FOUND */
  async function found(actor: Actor, id: string, tx?: Tx): Promise<BroadcastRow> {
    const row = await store.find(actor, id, tx);
    if (row?.kind === 'broadcast' && (!tx || (await store.lock(tx, id)))) return row;
    throw new Failure('BROADCAST_NOT_FOUND');
  }

  /** What would be done with one person now, and why. */
  async function explain(tx: Tx, row: BroadcastRow, to: string) {
    const now = clock.now();
    const profile = await store.holdProfile(tx, row.profile_id);
    if (!profile) throw new Failure('BROADCAST_NOT_FOUND');
    const chat = parseChatId(to, await preparation.countryOf(row, tx));
    const recipient = await recipientOfChat(tx, row.id, chat);
    const own = profile.phone_number ? phoneChat(profile.phone_number) : null;
    const people = await peopleOfChats(tx, row.profile_id, [chat]);
    const [verdict] = await judged(tx, deps.judge, { row, own, recipients: [{ chat }], people, now });
    return {
      chatId: chat,
      recipient: recipient ? presentRecipient(recipient, row) : null,
      verdict: verdict?.is ?? 'send',
      code: verdict && verdict.is !== 'send' ? verdict.code : null,
      until: verdict && 'until' in verdict ? (verdict.until?.toISOString() ?? null) : null,
      reason: verdict && 'reason' in verdict ? (verdict.reason ?? null) : null,
      lane: verdict?.is === 'send' ? (verdict.lane ?? null) : null,
    };
  }

  return {
    /** @throws Failure BROADCAST_NOT_FOUND, CSV_UNREADABLE, RATE_LIMITED */
    async saved(actor: Actor, id: string) {
      deps.rate.count(actor.organizationId);
      return preview(
        () => found(actor, id),
        (tx) => found(actor, id, tx),
      );
    },

    /** Of one that is not kept: `make` makes it, for as long as it is looked at. @throws Failure */
    async unsaved(actor: Actor, row: Omit<Looked, 'status'>, make: (tx: Tx) => Promise<BroadcastRow>) {
      deps.rate.count(actor.organizationId);
      return preview(async () => ({ ...row, status: 'draft' }), make);
    },

    /** @throws Failure BROADCAST_NOT_FOUND, INVALID_RECIPIENT, RATE_LIMITED */
    async explain(actor: Actor, id: string, to: string) {
      deps.rate.count(actor.organizationId);
      return undone(
        (tx) => found(actor, id, tx),
        (tx, row) => explain(tx, row, to),
      );
    },
  };
}

type Looked = OfFile & Pick<BroadcastRow, 'status'>;

/** What was read of a file, and which it was. */
interface LookedAt {
  rows: FirstRows;
  audience: Looked['audience'];
}

/** The audience is another than what was read. */
class Changed extends Error {}

/** Its people are still in the file. */
const isUnread = ({ status, audience }: Looked) => status === 'draft' && audience.type === 'upload';

/** Strangers among those who were asked about. */
const isCold = (verdict: Verdict) =>
  verdict.is === 'send'
    ? verdict.lane === 'cold'
    : verdict.is === 'defer' && coldCodes.includes(verdict.code);
