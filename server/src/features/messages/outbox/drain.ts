import { setTimeout as pause } from 'node:timers/promises';
import {
  EngineBusy,
  EngineGone,
  type EngineMessageId,
  EngineRefusal,
  FileGone,
  FileNotSent,
} from '../../../engines/port.ts';
import { phoneOf, storedChat } from '../../../platform/chat-id.ts';
import type { Clock } from '../../../platform/clock.ts';
import { createTurns } from '../../../platform/concurrency/in-turn.ts';
import type { Log } from '../../../platform/log.ts';
import type { Tracing } from '../../../platform/tracing/tracing.ts';
import type { Live, Pauses } from '../../profiles/index.ts';
import type { Groups } from '../groups.ts';
import { type Claimed, notOnWhatsApp, type OutboxStore, type Pace, tooLate } from './outbox.store.ts';
import { outgoingOf } from './outgoing.ts';
import { createPlaces, NotKept } from './places.ts';
import type { Recipients } from './recipients.ts';
import type { Outcome, Settler } from './settle.ts';
import { createSlowDown } from './slow-down.ts';

const atOnceMax = 32;
/** With those that the server has, and whose outcome is not written yet. */
const inFlightMax = 256;
const attemptsMax = 4;
/** Waits before a message is tried again that WhatsApp failed to take: a minute and a half in all. */
const failureWaitsMs = [1000, 2000, 4000, 8000, 16_000, 30_000, 30_000];
/** Wait before an attempt after one that the connection did not carry through. */
const goneWaitMs = 500;
const claimGapMs = 5;
/** WhatsApp lets the account begin no new chats. */
const noNewChats = 463;
/** So many chats are remembered that moved to another address; they are needed for moments. */
const movedMax = 1000;
/** When the database is away: look again after this long. */
const troubleMs = 1000;
/** A profile that has used up its day: how often to look whether a new one has begun. */
const limitLookMs = 60_000;
/** Whoever lets a profile send again tells it; this is how often it looks by itself. */
const heldLookMs = 5_000;
/** A change of a profile's pace takes effect within this time. */
const paceMs = 1000;

export interface DrainDeps {
  clock: Clock;
  log: Log;
  tracing: Pick<Tracing, 'span'>;
  store: OutboxStore;
  settler: Settler;
  groups: Groups;
  recipients: Recipients;
  pauses: Pauses;
}

/**
 * Empties the queue of one profile through one connection: chats side by side, the messages of a chat one
 * after the other. Ends with the connection; what it left half sent is sent again, under the same id, by the next.
 */
export function createDrain(deps: DrainDeps, live: Live) {
  const { clock, log, store, settler, groups, recipients } = deps;
  const slow = createSlowDown(deps, live);
  /** Messages of one chat go one after the other. */
  const chats = createTurns();
  /** Chats whose people turned out to have another address, and which. */
  const moved = new Map<string, string>();
  /** Claimed here, until what became of them is durable. */
  const inFlight = new Set<string>();
  /** Of these, those that are not at the server yet. */
  let sending = 0;
  const writes = new Set<Promise<void>>();
  const paceOf = remembered(paceMs, () => store.paceOf(live.profileId));
  /** Whether rows marked as being sent may be left over from an earlier connection or a failed write. */
  let unfinished = true;
  /** Whether there may be messages that nobody has claimed yet. */
  let mayBeMore = true;
  let nudged = false;
  let wake: (() => void) | undefined;
  let lastAtMs = Number.NEGATIVE_INFINITY;
  let claimedAtMs = Number.NEGATIVE_INFINITY;

  function nudge(): void {
    nudged = true;
    wake?.();
  }

  function poke(): void {
    mayBeMore = true;
    nudge();
  }

  /** There may be messages marked as being sent that nobody sends. */
  function leftOver(): void {
    unfinished = true;
    nudge();
  }

  /** Of all that may be there nothing is known. */
  function look(): void {
    mayBeMore = unfinished = true;
    nudge();
  }

  /** Until nudged, also when that was a moment ago, or until `ms` have passed. */
  async function rest(ms?: number): Promise<void> {
    let timer: NodeJS.Timeout | undefined;
    if (!nudged && !live.ended.aborted) {
      await new Promise<void>((resolve) => {
        wake = resolve;
        if (ms !== undefined) timer = setTimeout(resolve, ms);
      });
    }
    wake = undefined;
    if (!nudged) mayBeMore = unfinished = true;
    nudged = false;
    clearTimeout(timer);
  }

  async function run(): Promise<void> {
    live.ended.addEventListener('abort', nudge, { once: true });
    while (!live.ended.aborted) {
      try {
        if (mayBeMore || unfinished) await claimSome();
        else await rest();
      } catch (error) {
        log.warn({ err: error, profileId: live.profileId }, 'the outbox could not be read; trying again');
        mayBeMore = true;
        await rest(troubleMs);
      }
    }
    await chats.idle();
    await Promise.all(writes);
  }

  async function claimSome(): Promise<void> {
    const pace = await paceOf();
    if (!pace) throw new Error('the profile of a connection is gone');
    slow.adopt(pace);
    if (pace.isHeld) return rest(heldLookMs);
    if (await slow.rest()) return;
    const room = await roomFor(pace);
    if (room === 0) return rest(pace.dailyLimit === null ? undefined : limitLookMs);
    // While others are on their way, those that are accepted one by one are claimed by the handful.
    const sinceMs = performance.now() - claimedAtMs;
    if (inFlight.size > 0 && sinceMs < claimGapMs) await pause(claimGapMs - sinceMs);
    claimedAtMs = performance.now();
    const how = { unfinished, inFlight: [...inFlight] };
    const round = slow.round();
    mayBeMore = false;
    unfinished = false;
    const claimed = await store.claim(live.profileId, live.generation, room, how).catch((error: unknown) => {
      // It may have claimed them all the same.
      unfinished = true;
      throw error;
    });
    if (claimed.length === room) mayBeMore = true;
    for (const message of claimed) enqueue(message, round);
  }

  /** How many messages may be taken now; waits for the profile's pace. */
  async function roomFor(pace: Pace): Promise<number> {
    const today =
      pace.dailyLimit === null ? atOnceMax : Math.max(0, pace.dailyLimit - pace.sentToday - inFlight.size);
    if (slow.careful() && inFlight.size > 0) return 0;
    const atOnce = slow.careful() ? 1 : atOnceMax;
    if (pace.delayMs + pace.jitterMs === 0) {
      return Math.max(0, Math.min(atOnce - sending, inFlightMax - inFlight.size, today));
    }
    if (inFlight.size > 0 || today === 0) return 0;
    const waitMs = lastAtMs + pace.delayMs + Math.random() * pace.jitterMs - performance.now();
    if (waitMs > 0) {
      // A poke does not shorten the distance between two sends; only the end of the connection does.
      await pause(waitMs, undefined, { signal: live.ended }).catch(() => undefined);
    }
    return live.ended.aborted ? 0 : 1;
  }

  /** @param kept holds the bytes of the message back until it resolves */
  function enqueue(message: Claimed, round: number, kept?: Promise<void>): void {
    inFlight.add(message.id);
    sending += 1;
    const chat = moved.get(message.chat) ?? message.chat;
    void chats.inTurn(chat, async () => {
      try {
        await send(message, round, kept);
      } catch (error) {
        // Whoever took its place back has seen to it.
        if (error instanceof NotKept) return;
        await again(message.id, error);
      } finally {
        sending -= 1;
        // The pace counts from the end of a send: a slow one must not be followed closely by a quick one.
        lastAtMs = performance.now();
        nudge();
      }
    });
  }

  /** Whatever became of it is not known here any more: it will be sent again, under its id. */
  async function again(id: string, error: unknown): Promise<void> {
    log.error({ err: error, messageId: id }, 'an outcome could not be written; it will be sent again');
    await pause(troubleMs);
    inFlight.delete(id);
    leftOver();
  }

  /** Writes what became of a message. */
  async function settle(outcome: Outcome): Promise<void> {
    await settler.settle(outcome);
    inFlight.delete(outcome.id);
    nudge();
  }

  /** The same without anybody waiting for it. */
  function settleBeside(outcome: Outcome): void {
    const write = settle(outcome)
      .catch((error: unknown) => again(outcome.id, error))
      .finally(() => writes.delete(write));
    writes.add(write);
  }

  /** What is claimed for the other address from now on waits for what goes there already. */
  function moving(from: string, to: string): void {
    if (moved.size >= movedMax) moved.clear();
    moved.delete(to);
    moved.set(from, to);
    const before = chats.inTurn(from, () => undefined);
    void chats.inTurn(to, () => before);
  }

  async function send(message: Claimed, round: number, kept?: Promise<void>): Promise<void> {
    const { id } = message;
    const verdict = round === slow.round() ? await deliver(message, kept) : putBack;
    await kept;
    if (verdict?.is === 'busy') {
      await slow.begin(round, verdict.retryAfterMs);
      return send(message, round);
    }
    if (!verdict) {
      inFlight.delete(id);
      return;
    }
    if (verdict.is === 'sent') {
      // The server has it, so the next of the chat may go, and whoever waits may know; a crash before the outcome is
      // written sends it again under its id, which the network drops.
      settler.acknowledged(message);
      settleBeside({ id, is: 'sent' });
      return slow.sent(round);
    }
    await settle({ id, ...verdict });
    if (verdict.is === 'queued') mayBeMore = true;
  }

  /** The first message into a group lasts as long as the group says, which nobody has asked before. */
  async function withGroup(message: Claimed): Promise<Claimed> {
    const fact = await groups.look(live, storedChat(message.chat));
    const expiration = fact?.expiration?.seconds || null;
    if (expiration === message.expiration) return message;
    await store.lasts(message.id, expiration);
    return { ...message, expiration, expiration_since: fact?.expiration?.since ?? null };
  }

  /** What WhatsApp's server says to a message, or undefined when the connection ended first. */
  async function deliver(message: Claimed, kept?: Promise<void>): Promise<Verdict | undefined> {
    let anew = false;
    let failures = 0;
    for (let attempt = 1; !live.ended.aborted; ) {
      if (message.expires_at !== null && message.expires_at <= clock.now()) return expired;
      let bound: Claimed | undefined;
      try {
        const id = message.wa_message_id as EngineMessageId;
        bound = await recipients.reach(live, message, { anew, moving });
        if (!bound) return unreachable;
        const known = bound.to_new_group ? await withGroup(bound) : bound;
        const refused = await groups.refusal(live, storedChat(known.chat));
        if (refused) return { is: 'failed', ...refused };
        const about = { kind: 'client', follow: { profileId: live.profileId, waMessageId: id } } as const;
        await deps.tracing.span('message send', about, () =>
          live.session.send(id, storedChat(known.chat), outgoingOf(known), kept),
        );
        return { is: 'sent' };
      } catch (error) {
        if (error instanceof NotKept) throw error;
        // Where it goes could not be looked up or written: nothing was tried yet.
        if (!bound && !(error instanceof EngineGone)) throw error;
        // Whoever was there is registered otherwise since we asked, or gone.
        const isGone =
          error instanceof EngineRefusal && error.code === 404 && phoneOf(storedChat(message.chat));
        if (isGone && !anew) {
          anew = true;
          continue;
        }
        if (error instanceof FileGone) return { is: 'failed', code: 'MEDIA_GONE', reason: error.message };
        if (error instanceof EngineBusy) return { is: 'busy', retryAfterMs: error.retryAfterMs };
        if (error instanceof EngineRefusal) {
          const waitMs = error.code >= 500 ? failureWaitsMs[failures++] : undefined;
          if (waitMs !== undefined) {
            await pause(waitMs, undefined, { signal: live.ended }).catch(() => undefined);
            continue;
          }
          if (error.code === noNewChats) {
            const refused = { code: error.code, reason: error.message, messageId: message.id };
            await deps.pauses.restricted(live, { refused });
          }
          return { is: 'failed', code: `REFUSED_${error.code}`, reason: error.message };
        }
        if (live.ended.aborted) return undefined;
        if (!(error instanceof EngineGone))
          log.warn({ err: error, messageId: message.id }, 'an attempt failed');
        if (++attempt > attemptsMax) return unanswered(error);
        // A connection that has broken is told of within this time: then the next one sends it.
        await pause(goneWaitMs, undefined, { signal: live.ended }).catch(() => undefined);
      }
    }
    return undefined;
  }

  const reserve = createPlaces({
    generation: live.generation,
    inFlight,
    // That nothing is queued before it, and that its profile has no pace, is for the keeping statement to see.
    isFree: (waiting) =>
      !unfinished &&
      !slow.careful() &&
      !live.ended.aborted &&
      sending + waiting < atOnceMax &&
      inFlight.size < inFlightMax,
    round: slow.round,
    isReachable: recipients.isReachable,
    enqueue,
    leftOver,
  });

  return { run, poke, reserve, leftOver, look };
}

export type Drain = ReturnType<typeof createDrain>;

type Verdict =
  | { is: 'sent' | 'queued' }
  | { is: 'failed' | 'expired'; code: string; reason: string }
  | { is: 'busy'; retryAfterMs: number | undefined };

/** It waits for its turn again, with those before and behind it. */
const putBack: Verdict = { is: 'queued' };

const expired: Verdict = { is: 'expired', ...tooLate };

const unreachable: Verdict = {
  is: 'failed',
  code: notOnWhatsApp,
  reason: 'This number is not on WhatsApp.',
};

function unanswered(error: unknown): Verdict {
  if (error instanceof FileNotSent) return { is: 'failed', code: 'UPLOAD_FAILED', reason: error.message };
  if (!(error instanceof EngineGone)) return { is: 'failed', code: 'SEND_FAILED', reason: String(error) };
  return { is: 'failed', code: 'NO_ACK', reason: "WhatsApp's server never acknowledged it." };
}

/** Asks again only when the last answer is older than `ms`. */
function remembered<T>(ms: number, ask: () => Promise<T>): () => Promise<T> {
  let last: { atMs: number; answer: T } | undefined;
  return async () => {
    if (!last || performance.now() - last.atMs > ms) last = { answer: await ask(), atMs: performance.now() };
    return last.answer;
  };
}
