import { setTimeout as pause } from 'node:timers/promises';
import { EngineBusy, EngineGone, type EngineMessageId, EngineRefusal } from '../../../engines/port.ts';
import { chatKind, phoneChat, storedChat } from '../../../platform/chat-id.ts';
import { type Clock, dayMs } from '../../../platform/clock.ts';
import { type Db, inTransaction } from '../../../platform/db/transaction.ts';
import type { EventRecorder } from '../../../platform/events/record.ts';
import type { Log } from '../../../platform/log.ts';
import { conversationsById } from '../../conversations/index.ts';
import type { Live } from '../../profiles/index.ts';
import type { Changes } from '../changes/changes.ts';
import { tooLate } from '../outbox/outbox.store.ts';
import { messageChangeFailed } from './deeds.events.ts';
import type { Deed, DeedStore } from './deeds.store.ts';
import { asArrived, outgoingChange } from './outgoing-change.ts';

const batchMax = 50;
const attemptsMax = 4;
/** Waits before one is tried again that WhatsApp failed to take. */
const failureWaitsMs = [1000, 2000, 4000];
/** When WhatsApp asks for less and does not say how long, and at most. */
const [busyMs, busyMsMax] = [30_000, dayMs];
/** While some wait, for their message or for the end of a pause, they are looked at so often, at first and at last. */
const [lookMsMin, lookMsMax] = [1000, 30_000];

/** One for each connection. */
interface Run {
  again: boolean;
  /** Ends its rest. */
  wake: AbortController;
  /** WhatsApp asked for less: nothing more before then, in milliseconds of this process. */
  notBeforeMs: number;
}

type Outcome = { status: 'sent' } | { status: 'failed' | 'expired'; code: string; reason: string };

const failed = (code: string, reason: string): Outcome => ({ status: 'failed', code, reason });

export const notInGroup = 'The profile is not in this group.';
export const notAdmin = 'Only an admin of the group takes back what others wrote.';

/**
 * Sends what profiles do to messages: in order within a chat, as soon as the message itself is at WhatsApp. It is applied
 * here once WhatsApp has it. After a crash the same is sent again under its id, which the network drops.
 */
export function createDeedSender(deps: {
  db: Db;
  clock: Clock;
  log: Log;
  store: DeedStore;
  changes: Pick<Changes, 'apply'>;
  events: EventRecorder;
  decided(deedId: string): void;
}) {
  const { db, clock, log, store, changes, events } = deps;
  const running = new WeakMap<Live, Run>();

  /** The network would take it and the phones would ignore it. */
  async function refusalOf(live: Live, deed: Deed): Promise<Outcome | undefined> {
    const chat = storedChat(deed.chat);
    if (deed.expires_at <= clock.now()) return { status: 'expired', ...tooLate };
    if (['failed', 'expired', 'cancelled'].includes(deed.target_status)) {
      return failed('MESSAGE_NOT_SENT', 'The message itself never reached WhatsApp.');
    }
    if (chatKind(chat) !== 'group' || !live.session.groups) return undefined;
    const standing = await live.session.groups.standing(chat);
    if (!standing) return failed('NOT_GROUP_MEMBER', notInGroup);
    const ofOther = deed.kind === 'revoked' && deed.target_direction === 'incoming';
    return ofOther && !standing.isAdmin ? failed('NOT_GROUP_ADMIN', notAdmin) : undefined;
  }

  async function attempt(live: Live, deed: Deed): Promise<Outcome> {
    const refused = await refusalOf(live, deed);
    if (refused) return refused;
    const change = outgoingChange(deed);
    if (!change) return failed('MESSAGE_REVOKED', 'The message was taken back meanwhile.');
    await live.session.send(deed.wa_message_id as EngineMessageId, storedChat(deed.chat), change);
    return { status: 'sent' };
  }

  /** What became of it, or undefined when it has to wait. */
  async function perform(live: Live, deed: Deed, run: Run): Promise<Outcome | undefined> {
    let failures = 0;
    for (let tries = 1; !live.ended.aborted; ) {
      try {
        return await attempt(live, deed);
      } catch (error) {
        if (live.ended.aborted) return undefined;
        if (error instanceof EngineBusy) {
          run.notBeforeMs = performance.now() + Math.min(error.retryAfterMs ?? busyMs, busyMsMax);
          return undefined;
        }
        if (error instanceof EngineRefusal) {
          const waitMs = error.code >= 500 ? failureWaitsMs[failures++] : undefined;
          if (waitMs === undefined) return failed(`REFUSED_${error.code}`, error.message);
          await pause(waitMs, undefined, { signal: live.ended }).catch(() => undefined);
          continue;
        }
        if (!(error instanceof EngineGone)) throw error;
        if (++tries > attemptsMax) return failed('NO_ACK', "WhatsApp's server never acknowledged it.");
      }
    }
    return undefined;
  }

  async function settle(live: Live, deed: Deed, outcome: Outcome): Promise<void> {
    await inTransaction(db, async (tx) => {
      const { organizationId, profileId } = live;
      if (outcome.status === 'sent') {
        const [conversation] = await conversationsById(tx, [deed.conversation_id]);
        const author = deed.own_phone ? phoneChat(deed.own_phone) : null;
        const arrived = conversation ? [{ message: asArrived(deed), conversation, author }] : [];
        await events.recordAll(tx, await changes.apply(tx, live, arrived, []));
        await store.settle(tx, deed.id, outcome);
        return;
      }
      const { code, reason } = outcome;
      if (!(await store.settle(tx, deed.id, { status: outcome.status, code, reason }))) return;
      const body = {
        ...{ profileId, messageId: deed.message_id, waMessageId: deed.target_id },
        ...{ conversationId: deed.conversation_id, chatId: deed.chat, change: deed.kind },
        ...{ clientReference: deed.client_reference, code, error: reason, timestamp: deed.at.toISOString() },
      };
      await events.record(tx, messageChangeFailed, { organizationId, profileId, body });
    });
    deps.decided(deed.id);
  }

  /** One after the other; answers whether all are decided. */
  async function drain(live: Live, deeds: Deed[], run: Run): Promise<boolean> {
    for (const deed of deeds) {
      const outcome = await perform(live, deed, run);
      if (!outcome) return false;
      await settle(live, deed, outcome);
      if (deed.delay_ms > 0) {
        await pause(deed.delay_ms, undefined, { signal: live.ended }).catch(() => undefined);
      }
    }
    return true;
  }

  async function flush(live: Live, run: Run): Promise<void> {
    while (!live.ended.aborted && performance.now() >= run.notBeforeMs) {
      const due = await store.due(live.profileId, live.generation, batchMax);
      if (due.length === 0) return;
      // With a pace everything of the profile goes one after the other.
      const lanes = Map.groupBy(due, (deed) => (deed.delay_ms > 0 ? '' : deed.chat));
      const done = await Promise.all([...lanes.values()].map((lane) => drain(live, lane, run)));
      if (done.includes(false)) return;
    }
  }

  /** Until nothing waits or the connection ends. */
  async function follow(live: Live, run: Run): Promise<void> {
    for (let waitMs = lookMsMin; !live.ended.aborted; waitMs = Math.min(waitMs * 2, lookMsMax)) {
      run.again = false;
      run.wake = new AbortController();
      await flush(live, run);
      if (run.again) waitMs = lookMsMin;
      else if (await store.areWaiting(live.profileId)) {
        const signal = AbortSignal.any([live.ended, run.wake.signal]);
        const restMs = Math.max(waitMs, run.notBeforeMs - performance.now());
        await pause(restMs, undefined, { signal }).catch(() => undefined);
      } else return;
    }
  }

  /** There may be something to do through this connection. */
  function run(live: Live): void {
    const under = running.get(live);
    if (under) {
      under.again = true;
      under.wake.abort();
      return;
    }
    const fresh: Run = { again: false, wake: new AbortController(), notBeforeMs: 0 };
    running.set(live, fresh);
    follow(live, fresh)
      .catch(async (error: unknown) => {
        if (live.ended.aborted) return;
        log.warn({ err: error, profileId: live.profileId }, 'what is to be done to messages waits');
        fresh.again = true;
        await pause(lookMsMin, undefined, { signal: live.ended }).catch(() => undefined);
      })
      .finally(() => {
        running.delete(live);
        if (fresh.again && !live.ended.aborted) run(live);
      });
  }

  return { run };
}

export type DeedSender = ReturnType<typeof createDeedSender>;
