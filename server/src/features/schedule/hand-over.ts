import { type Clock, later } from '../../platform/clock.ts';
import type { EventRecorder } from '../../platform/events/record.ts';
import { Failure } from '../../platform/failures.ts';
import type { Log } from '../../platform/log.ts';
import type { Media } from '../media/index.ts';
import { type Messages, tooLate } from '../messages/index.ts';
import { eventOf, messageUnscheduled } from './schedule.events.ts';
import type { ScheduledRow, ScheduleStore } from './schedule.store.ts';

const batch = 100;
const atOnce = 4;
/** Somebody else has what is due: looked at again, for they may not finish. */
const againMs = 50;
const troubleMs = 15_000;
const troublesMax = 5;

/** Turns scheduled messages into messages when they are due. */
export function createHandOver(deps: {
  clock: Clock;
  log: Log;
  store: ScheduleStore;
  events: EventRecorder;
  messages: Pick<Messages, 'deliver'>;
  media: Pick<Media, 'release'>;
  /** What is later than this is not sent any more, as of messages. */
  validitySeconds: number;
}) {
  const { clock, log, store, events, messages, media } = deps;

  /** The row and its message in one transaction: handed over once, whoever tries. False when somebody else has it. */
  const deliver = (due: ScheduledRow) =>
    store.inTransaction(async (tx) => {
      const row = await store.claim(tx, due, clock.now());
      if (!row) return false;
      const { id, organization_id: organizationId, profile_id: profileId, type, content } = row;
      const body = { profileId, to: row.chat, clientReference: row.client_reference };
      const { messageId } = await messages.deliver(
        tx,
        { organizationId },
        { type, body, content, origin: { kind: 'schedule', id } },
      );
      await store.update(tx, id, { message_id: messageId, due_at: null, updated_at: clock.now() });
      await media.release(tx, 'schedule', [id]);
      return true;
    });

  const giveUp = ({ id }: ScheduledRow, why: { code: string; reason: string }) =>
    store.inTransaction(async (tx) => {
      const ended = { error_code: why.code, error: why.reason, updated_at: clock.now() };
      const row = await store.end(tx, id, ended);
      if (!row) return;
      await media.release(tx, 'schedule', [id]);
      await events.record(tx, messageUnscheduled, eventOf(row));
    });

  /** True when the row needs no more looks for now. */
  async function handOver(row: ScheduledRow): Promise<boolean> {
    if (later(row.scheduled_at, deps.validitySeconds * 1_000) <= clock.now()) {
      await giveUp(row, tooLate);
      return true;
    }
    try {
      return await deliver(row);
    } catch (error) {
      if (error instanceof Failure && error.status < 500) {
        await giveUp(row, { code: error.code, reason: error.message });
        return true;
      }
      // One that can't be handed over must not hold up the others, nor try for ever.
      log.error({ err: error, scheduledMessageId: row.id }, 'a scheduled message could not be handed over');
      const troubles = await store.postpone(row.id, later(clock.now(), troubleMs));
      if (troubles >= troublesMax) {
        await giveUp(row, { code: 'SEND_FAILED', reason: 'It could not be sent for a fault of the server.' });
      }
      return true;
    }
  }

  return {
    /** Hands over all that is due; answers when the next is. */
    async look(): Promise<Date | undefined> {
      for (;;) {
        const due = await store.due(clock.now(), batch);
        let handedOver = 0;
        for (let at = 0; at < due.length; at += atOnce) {
          const done = await Promise.all(due.slice(at, at + atOnce).map(handOver));
          handedOver += done.filter(Boolean).length;
        }
        if (handedOver > 0) continue;
        const next = await store.nextDueAt();
        const soonest = later(clock.now(), againMs);
        return next && next < soonest ? soonest : next;
      }
    },
  };
}
