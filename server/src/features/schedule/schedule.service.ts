import type { Idempotency, IdempotencyClaim } from '../../http/idempotency.ts';
import { given } from '../../http/schema.ts';
import type { Actor } from '../../platform/actor.ts';
import type { Clock } from '../../platform/clock.ts';
import type { WakeAt } from '../../platform/concurrency/wake-at.ts';
import { afterCommit, type Db, type Tx } from '../../platform/db/transaction.ts';
import type { EventRecorder } from '../../platform/events/record.ts';
import { Failure, type Problem } from '../../platform/failures.ts';
import { newId } from '../../platform/ids.ts';
import { profileOf } from '../../platform/known-profiles.store.ts';
import type { Slice } from '../../platform/slice.ts';
import type { Media } from '../media/index.ts';
import { type Messages, originOf } from '../messages/index.ts';
import { eventOf, messageScheduled, messageUnscheduled } from './schedule.events.ts';
import { type ChangeRequest, presentScheduled, type ScheduleRequest } from './schedule.schema.ts';
import type { ScheduledRow, ScheduleStore } from './schedule.store.ts';
import { readWhen } from './when.ts';

export interface ScheduleServiceDeps {
  db: Db;
  clock: Clock;
  store: ScheduleStore;
  events: EventRecorder;
  idempotency: Pick<Idempotency, 'once' | 'recall'>;
  messages: Pick<Messages, 'readSend' | 'ignoredIn' | 'prepare' | 'referFile' | 'presentContent'>;
  media: Pick<Media, 'release'>;
  due: Pick<WakeAt, 'at'>;
}

/** What is asked of a scheduled message, read from a request. */
interface Wanted {
  at: Date | undefined;
  fields: Record<string, unknown> | undefined;
}

/** Scheduling messages, changing and cancelling them while they wait. */
export function createScheduleService(deps: ScheduleServiceDeps) {
  const { db, clock, store, events, messages } = deps;
  const present = (row: ScheduledRow) => presentScheduled(row, messages.presentContent(row.content));

  /** Everything that is wrong with a request, at once. @throws Failure VALIDATION_ERROR */
  function read({ type, content, scheduledAt, timeZone }: ChangeRequest): Wanted {
    const problems: Problem[] = [];
    let at: Date | undefined;
    let fields: Wanted['fields'];
    if (content !== undefined) {
      const found = messages.readSend(type ?? '', content);
      if ('problems' in found) problems.push(...found.problems);
      else fields = found.fields;
    }
    if (scheduledAt !== undefined) {
      const when = readWhen(scheduledAt, given(timeZone), clock.now());
      if ('problems' in when) problems.push(...when.problems);
      else at = when.at;
    }
    if (problems.length > 0) throw invalid(problems);
    return { at, fields };
  }

  /** @throws Failure as the routes of messages do; what is wrong with a field names it below `/content` */
  async function prepare(
    actor: Actor,
    order: {
      profileId: string;
      to: string;
      type: string;
      fields?: Wanted['fields'];
      content?: Record<string, unknown>;
    },
  ) {
    const { profileId, to, type, fields, content } = order;
    const body = { ...fields, profileId, to };
    try {
      return await messages.prepare(actor, {
        type,
        body,
        origin: originOf(actor),
        ...(content && { content }),
      });
    } catch (error) {
      if (!(error instanceof Failure) || !error.details || !fields) throw error;
      const details = error.details.map(({ path, problem }) => ({ path: `/content${path}`, problem }));
      throw new Failure(error.code, { says: error.message, details, cause: error });
    }
  }

  /** Tells of a row that waits, and keeps its file. */
  async function tell(tx: Tx, row: ScheduledRow): Promise<void> {
    await events.record(tx, messageScheduled, eventOf(row));
    afterCommit(tx, () => {
      if (row.due_at) deps.due.at(row.due_at);
    });
  }
  const keepFile = (tx: Tx, { id, organization_id, profile_id, content }: ScheduledRow) =>
    messages.referFile(
      tx,
      { id, organizationId: organization_id, profileId: profile_id, content },
      'schedule',
    );

  async function pending(tx: Tx, id: string, says?: string): Promise<ScheduledRow> {
    const row = await store.lock(tx, id);
    if (!row) throw new Failure('SCHEDULE_NOT_FOUND');
    if (!row.due_at) throw new Failure('SCHEDULE_NOT_PENDING', says ? { says } : {});
    return row;
  }

  async function find(actor: Actor, id: string): Promise<ScheduledRow> {
    const row = await store.find(actor, id);
    if (!row) throw new Failure('SCHEDULE_NOT_FOUND');
    return row;
  }

  return {
    /** The fields below `content` that do nothing. */
    ignoredIn: ({ type, content }: Pick<ChangeRequest, 'type' | 'content'>) =>
      messages.ignoredIn(type ?? '', content),

    /** @throws Failure */
    async create(actor: Actor, request: ScheduleRequest, claim: IdempotencyClaim | undefined) {
      // Asked again after its time, it is answered as before.
      await deps.idempotency.recall(claim);
      const { at, fields } = read(request);
      if (!at || !fields) throw new Failure('INTERNAL_ERROR', { cause: 'a schedule was not read' });
      const { chat, type, content } = await prepare(actor, {
        ...{ profileId: request.profileId, to: request.to, type: request.type },
        fields,
      });
      return deps.idempotency.once(claim, 201, async (tx) => {
        const now = clock.now();
        const { kind, id } = originOf(actor);
        const row = await store.insert(tx, {
          id: newId(),
          organization_id: actor.organizationId,
          profile_id: request.profileId,
          chat,
          type,
          content,
          client_reference: (fields.clientReference as string | null | undefined) ?? null,
          origin_kind: kind,
          origin_id: id,
          scheduled_at: at,
          due_at: at,
          status: 'pending',
          created_at: now,
          updated_at: now,
        });
        if (!row) throw new Failure('PROFILE_NOT_FOUND');
        await keepFile(tx, row);
        await tell(tx, row);
        return present(row);
      });
    },

    /** @throws Failure PROFILE_NOT_FOUND */
    async list(
      actor: Actor,
      which: { profileId: string; status?: ScheduledRow['status'] | undefined },
      slice: Slice,
    ) {
      await profileOf(db, actor, which.profileId);
      return (await store.list(actor, which, slice)).map(present);
    },

    /** Changes what is given, as long as it waits. @throws Failure */
    async change(actor: Actor, id: string, request: ChangeRequest) {
      const found = await find(actor, id);
      if (request.type !== undefined && request.content === undefined) {
        throw invalid([{ path: '/content', problem: 'is required with a type' }]);
      }
      const { at, fields } = read({ type: found.type, ...request });
      const to = request.to ?? found.chat;
      const isAnew = fields !== undefined || request.to !== undefined;
      const prepared = isAnew
        ? await prepare(actor, {
            ...{ profileId: found.profile_id, to, type: request.type ?? found.type },
            ...(fields ? { fields } : { content: found.content }),
          })
        : undefined;
      return store.inTransaction(async (tx) => {
        const before = await pending(tx, id, 'Only pending messages can be changed');
        const row = await store.update(tx, id, {
          ...(prepared && { chat: prepared.chat }),
          ...(prepared && fields && { type: prepared.type, content: prepared.content }),
          ...(fields && {
            client_reference:
              (fields.clientReference as string | null | undefined) ?? before.client_reference,
          }),
          ...(at && { scheduled_at: at, due_at: at, attempts: 0 }),
          updated_at: clock.now(),
        });
        if (fields) {
          await deps.media.release(tx, 'schedule', [id]);
          await keepFile(tx, row);
        }
        await tell(tx, row);
        return present(row);
      });
    },

    /** Takes back what waits. @throws Failure SCHEDULE_NOT_FOUND, SCHEDULE_NOT_PENDING */
    async cancel(actor: Actor, id: string) {
      await find(actor, id);
      return store.inTransaction(async (tx) => {
        await pending(tx, id);
        const row = await store.update(tx, id, {
          status: 'cancelled',
          due_at: null,
          updated_at: clock.now(),
        });
        await deps.media.release(tx, 'schedule', [id]);
        await events.record(tx, messageUnscheduled, eventOf(row));
        return present(row);
      });
    },
  };
}

export type ScheduleService = ReturnType<typeof createScheduleService>;

/** A moment that has passed is the one thing clients know by its sentence. */
function invalid(details: Problem[]): Failure {
  const [first, ...more] = details;
  const isPast = more.length === 0 && first?.problem === 'must be in the future';
  return new Failure('VALIDATION_ERROR', {
    details,
    ...(isPast && { says: 'scheduledAt must be in the future' }),
  });
}
