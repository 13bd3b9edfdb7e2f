import type { Actor } from '../../../platform/actor.ts';
import type { Clock } from '../../../platform/clock.ts';
import type { Db } from '../../../platform/db/transaction.ts';
import { Failure } from '../../../platform/failures.ts';
import { profileOf } from '../../../platform/known-profiles.store.ts';
import type { MessageService } from '../messages.service.ts';
import type { QueueBody } from './queue.routes.ts';
import { type QueueEdge, queueOf } from './waiting-for.store.ts';

/** Lists what waits for a profile. What is sent between two pages is left out of the second, and nothing comes twice. */
export function createQueue(deps: { db: Db; clock: Clock; service: Pick<MessageService, 'byIds'> }) {
  const { db, clock } = deps;
  return async function list(
    actor: Actor,
    profileId: string,
    { limit, cursor }: { limit: number; cursor?: string | undefined },
  ): Promise<QueueBody> {
    await profileOf(db, actor, profileId);
    const after = cursor ? readCursor(cursor) : undefined;
    const { total, waiting } = await queueOf(db, profileId, { limit: limit + 1, after, now: clock.now() });
    const shown = waiting.slice(0, limit);
    const views = await deps.service.byIds(
      actor,
      shown.map(({ id }) => id),
    );
    const messages = shown.flatMap(({ id, why }) => {
      const view = views.get(id);
      return view ? [{ ...view, waitingFor: why }] : [];
    });
    const last = shown.at(-1);
    return { messages, total, cursor: last && waiting.length > limit ? writeCursor(last.edge) : null };
  };
}

/** Opaque to clients. */
function writeCursor({ dueAt, lane, seq }: QueueEdge): string {
  return Buffer.from(`${dueAt}|${lane}|${seq}`).toString('base64url');
}

const form = /^(-?infinity|\d{4}-\d\d-\d\d \d\d:\d\d:\d\d(?:\.\d{1,6})?)\|(\d{1,2})\|(\d{1,15})$/;

/** @throws Failure VALIDATION_ERROR when it is none of ours */
function readCursor(cursor: string): QueueEdge {
  const [, dueAt, lane, seq] = form.exec(Buffer.from(cursor, 'base64url').toString('utf8')) ?? [];
  if (dueAt && (dueAt.endsWith('infinity') || isMoment(dueAt))) {
    return { dueAt, lane: Number(lane), seq: Number(seq) };
  }
  throw new Failure('VALIDATION_ERROR', {
    says: 'The cursor is not one of ours.',
    details: [{ path: '/cursor', problem: 'is not a cursor of a page before' }],
  });
}

/** A day that a month does not have would be read as one of the next. */
function isMoment(text: string): boolean {
  const date = new Date(`${text.slice(0, 19).replace(' ', 'T')}Z`);
  return (
    !Number.isNaN(date.getTime()) && date.toISOString().slice(0, 19).replace('T', ' ') === text.slice(0, 19)
  );
}
