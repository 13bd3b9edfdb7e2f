import type { Idempotency, IdempotencyClaim } from '../../http/idempotency.ts';
import { given } from '../../http/schema.ts';
import type { Actor } from '../../platform/actor.ts';
import type { AuditLog } from '../../platform/audit/record.ts';
import type { Clock } from '../../platform/clock.ts';
import type { Db, Tx } from '../../platform/db/transaction.ts';
import { Failure, type Problem } from '../../platform/failures.ts';
import { isUuid, newId } from '../../platform/ids.ts';
import { profileOf } from '../../platform/known-profiles.store.ts';
import type { Slice } from '../../platform/slice.ts';
import type { Media } from '../media/index.ts';
import { type Messages, originOf } from '../messages/index.ts';
import { readWhen } from '../schedule/index.ts';
import { durationOf, presentBroadcast, presentRecipient, presentStats } from './broadcasts.present.ts';
import {
  type CreateRequest,
  defaults,
  type PublicState,
  type SettingsRequest,
  type UpdateRequest,
} from './broadcasts.schema.ts';
import type { BroadcastRow, BroadcastStore } from './broadcasts.store.ts';
import type { Audience, BroadcastStatus } from './broadcasts.tables.ts';
import { countsOf, skipsOf } from './count/counters.store.ts';
import { level, noCounts } from './count/levels.ts';
import { recipientsAsCsv } from './export.ts';
import type { Preparation } from './prepare/prepare.ts';
import type { createPreview } from './preview.ts';
import { type ReadyContent, readyMessage, type WantedMessage } from './read-message.ts';
import { listRecipients } from './recipients.store.ts';
import type { Transitions } from './transitions.ts';

export interface BroadcastServiceDeps {
  db: Db;
  clock: Clock;
  audit: AuditLog;
  store: BroadcastStore;
  idempotency: Pick<Idempotency, 'once' | 'recall'>;
  messages: Pick<Messages, 'readSend' | 'say' | 'referFile'>;
  media: Pick<Media, 'release'>;
  transitions: Transitions;
  preview: ReturnType<typeof createPreview>;
  preparation: Pick<Preparation, 'sizeOf'>;
}

const { pending, deferred, queued } = level;

/** Preparing, steering and reading broadcasts. */
export function createBroadcastService(deps: BroadcastServiceDeps) {
  const { db, clock, audit, store, messages, transitions } = deps;

  async function find(actor: Actor, id: string): Promise<BroadcastRow> {
    const row = await store.find(actor, id);
    if (row?.kind !== 'broadcast') throw new Failure('BROADCAST_NOT_FOUND');
    return row;
  }

  const counted = async (row: BroadcastRow, tx: Db | Tx = db) =>
    presentBroadcast(row, (await countsOf(tx, [row.id])).get(row.id));

  const keepFile = (tx: Tx, row: BroadcastRow) =>
    messages.referFile(
      tx,
      {
        ...{ id: row.id, organizationId: row.organization_id, profileId: row.profile_id },
        content: row.content ?? {},
      },
      'broadcast',
    );

  /** What of a body becomes columns; its file is taken in. @throws Failure */
  async function columnsOf(actor: Actor, profileId: string, body: UpdateRequest, before?: BroadcastRow) {
    const problems = [...audienceProblems(body), ...settingsProblems(body.settings, before)];
    if (problems.length > 0) throw new Failure('VALIDATION_ERROR', { details: problems });
    let ready: ReadyContent | undefined;
    if (body.message !== undefined) {
      const wanted = body.message as WantedMessage;
      ready = await readyMessage(messages, actor, profileId, { wanted, path: '/message' });
    }
    const { weight, ...settings } = { ...defaults, ...before?.settings, ...body.settings };
    const message = typeof body.message === 'string' ? { plain: body.message } : body.message;
    return {
      ...(body.name !== undefined && { name: body.name }),
      ...(ready && { message: JSON.stringify(withoutFile(message)), type: ready.type }),
      ...(ready && { content: JSON.stringify(ready.content) }),
      ...(body.recipients && { audience: JSON.stringify(audienceOf(body.recipients)) }),
      settings: JSON.stringify(settings),
      ...(weight !== undefined && { weight }),
    };
  }

  return {
    /** @throws Failure */
    async create(actor: Actor, body: CreateRequest, claim: IdempotencyClaim | undefined) {
      await deps.idempotency.recall(claim);
      await profileOf(db, actor, body.profileId);
      const { profileId, settings, ...wanted } = body;
      const columns = await columnsOf(actor, profileId, {
        ...wanted,
        ...(given(settings) && { settings: given(settings) as SettingsRequest }),
      } as UpdateRequest);
      return deps.idempotency.once(claim, 201, async (tx) => {
        if (!(await store.holdProfile(tx, profileId))) throw new Failure('PROFILE_NOT_FOUND');
        const now = clock.now();
        const { kind, id: by } = originOf(actor);
        const row = await store.insert(tx, {
          ...{ id: newId(), organization_id: actor.organizationId, profile_id: profileId },
          ...{ kind: 'broadcast' as const, status: 'draft' as const, created_kind: kind, created_by: by },
          ...{ name: '', message: '{}', audience: '{}', created_at: now, updated_at: now },
          ...columns,
        });
        if (!row) throw new Failure('INTERNAL_ERROR', { cause: 'a broadcast was not kept' });
        await keepFile(tx, row);
        await audit.record(tx, actor, {
          action: 'broadcast.create',
          resource: { type: 'broadcast', id: row.id },
        });
        return presentBroadcast(row, undefined);
      });
    },

    async list(
      actor: Actor,
      query: { profileId?: string | undefined; status?: BroadcastStatus | undefined },
      slice: Slice,
    ) {
      const profileId = await profileOf(db, actor, given(query.profileId));
      const rows = await store.list(actor, { kind: 'broadcast', profileId, status: query.status }, slice);
      const counts = await countsOf(
        db,
        rows.map(({ id }) => id),
      );
      return rows.map((row) => presentBroadcast(row, counts.get(row.id), { isListed: true }));
    },

    get: async (actor: Actor, id: string) => counted(await find(actor, id)),

    /** Without a field it changes nothing, in any state. @throws Failure BROADCAST_NOT_DRAFT */
    async update(actor: Actor, id: string, body: UpdateRequest) {
      const found = await find(actor, id);
      if (['name', 'message', 'recipients', 'settings'].every((name) => !(name in body)))
        return counted(found);
      if (found.status !== 'draft') throw new Failure('BROADCAST_NOT_DRAFT');
      const columns = await columnsOf(actor, found.profile_id, body, found);
      return store.inTransaction(async (tx) => {
        const row = await store.change(tx, id, ['draft'], { ...columns, updated_at: clock.now() });
        if (!row) throw new Failure('BROADCAST_NOT_DRAFT');
        if (body.message !== undefined) {
          await deps.media.release(tx, 'broadcast', [id]);
          await keepFile(tx, row);
        }
        return counted(row, tx);
      });
    },

    /** @throws Failure BROADCAST_RUNNING */
    async remove(actor: Actor, id: string) {
      await find(actor, id);
      await store.inTransaction(async (tx) => {
        const row = await store.lock(tx, id);
        if (!row) throw new Failure('BROADCAST_NOT_FOUND');
        if (row.status === 'running') throw new Failure('BROADCAST_RUNNING');
        if (row.status === 'paused') await transitions.cancel(tx, actor, id);
        await store.remove(tx, id);
        await deps.media.release(tx, 'broadcast', [id]);
        await audit.record(tx, actor, { action: 'broadcast.delete', resource: { type: 'broadcast', id } });
      });
      return { success: true };
    },

    /** @throws Failure VALIDATION_ERROR, BROADCAST_NOT_SCHEDULABLE */
    async schedule(
      actor: Actor,
      id: string,
      body: { scheduledAt: string; timeZone?: string | null },
      claim: IdempotencyClaim | undefined,
    ) {
      await deps.idempotency.recall(claim);
      const found = await find(actor, id);
      if (found.status !== 'draft') throw new Failure('BROADCAST_NOT_SCHEDULABLE');
      const at = momentOf(body, clock.now());
      return deps.idempotency.once(claim, 200, async (tx) =>
        counted(await transitions.schedule(tx, actor, id, at), tx),
      );
    },

    /** @throws Failure BROADCAST_NOT_STARTABLE, BROADCAST_EMPTY */
    async start(actor: Actor, id: string, claim: IdempotencyClaim | undefined) {
      await find(actor, id);
      return deps.idempotency.once(claim, 200, async (tx) => {
        const { row, isResumed } = await transitions.start(tx, actor, id);
        if (isResumed) return { success: true, message: 'Broadcast resumed' };
        const counts = (await countsOf(tx, [id])).get(id);
        const recipientCount = row.prepared_at
          ? presentStats(counts).total
          : await deps.preparation.sizeOf(tx, row);
        return { success: true, message: 'Broadcast started', recipientCount };
      });
    },

    /** After the answer not one further message leaves. @throws Failure BROADCAST_NOT_RUNNING */
    async pause(actor: Actor, id: string) {
      await find(actor, id);
      const { ids } = await store.inTransaction((tx) => transitions.pause(tx, actor, id));
      await transitions.settled(ids);
      return counted(await find(actor, id));
    },

    /** @throws Failure BROADCAST_NOT_PAUSED */
    async resume(actor: Actor, id: string, claim: IdempotencyClaim | undefined) {
      await find(actor, id);
      return deps.idempotency.once(claim, 200, async (tx) => {
        await transitions.resume(tx, actor, id);
        return { success: true, message: 'Broadcast resumed' };
      });
    },

    /** After the answer not one further message leaves. @throws Failure BROADCAST_ENDED */
    async cancel(actor: Actor, id: string) {
      await find(actor, id);
      const { ids } = await store.inTransaction((tx) => transitions.cancel(tx, actor, id));
      await transitions.settled(ids);
      return counted(await find(actor, id));
    },

    preview: deps.preview,

    export: async (actor: Actor, id: string) => recipientsAsCsv(db, await find(actor, id)),

    async stats(actor: Actor, id: string) {
      const row = await find(actor, id);
      const [counts, skippedFor] = await Promise.all([countsOf(db, [id]), skipsOf(db, id)]);
      const { name, status, scheduledAt, startedAt, completedAt, stats } = presentBroadcast(
        row,
        counts.get(id),
      );
      return {
        ...{ id, name, status, scheduledAt, startedAt, completedAt },
        ...{ stats: { ...stats, skippedFor }, duration: durationOf(row) },
      };
    },

    async recipients(
      actor: Actor,
      id: string,
      {
        status,
        cursor,
        ...page
      }: { status?: PublicState | undefined; cursor?: string | undefined; limit: number; offset: number },
    ) {
      const row = await find(actor, id);
      const counts = (await countsOf(db, [id])).get(id) ?? noCounts();
      const levels = status && levelsOf(status, row);
      const from = afterOf(cursor);
      const rows = await listRecipients(db, id, {
        ...{ levels, after: from, limit: page.limit + 1, offset: from > 0 ? 0 : page.offset },
      });
      const shown = rows.slice(0, page.limit);
      const last = shown.at(-1);
      const total = (levels ?? Object.values(level)).reduce(
        (sum: number, one) => sum + countAt(counts, one),
        0,
      );
      return {
        recipients: shown.map((one) => presentRecipient(one, row)),
        ...{ total, ...page, cursor: last && rows.length > shown.length ? String(last.ord) : null },
      };
    },
  };
}

export type BroadcastService = ReturnType<typeof createBroadcastService>;

/** @throws Failure VALIDATION_ERROR */
function momentOf(
  { scheduledAt, timeZone }: { scheduledAt: string; timeZone?: string | null },
  now: Date,
): Date {
  const when = readWhen(scheduledAt, given(timeZone), now);
  if ('at' in when) return when.at;
  const isPast = when.problems.some(({ problem }) => problem === 'must be in the future');
  throw new Failure('VALIDATION_ERROR', {
    details: when.problems,
    ...(isPast && { says: 'Scheduled time must be in the future' }),
  });
}

/** How many are exactly so far: the counters of what was reached count those beyond, too. */
function countAt(counts: ReturnType<typeof noCounts>, at: number): number {
  if (at === level.sent) return counts.sent - counts.delivered;
  if (at === level.delivered) return counts.delivered - counts.read;
  const name = (Object.keys(level) as (keyof typeof level)[]).find((one) => level[one] === at);
  return name ? counts[name] : 0;
}

/** Who still waited when the campaign was cancelled counts as cancelled, though their rows were left as they are. */
function levelsOf(status: PublicState, { cancelled_at }: BroadcastRow): number[] {
  if (status === 'pending') return cancelled_at ? [queued] : [pending, deferred, queued];
  if (status === 'cancelled' && cancelled_at) return [pending, deferred, level.cancelled];
  return [level[status]];
}

function afterOf(cursor: string | undefined): number {
  if (cursor === undefined || cursor === '') return 0;
  if (/^\d{1,9}$/.test(cursor)) return Number(cursor);
  const problem = 'is not a cursor of a page before';
  throw new Failure('VALIDATION_ERROR', { details: [{ path: '/cursor', problem }] });
}

function audienceOf({ type, value }: NonNullable<UpdateRequest['recipients']>): Audience {
  return { type, value: type === 'all' ? [] : [...new Set(value ?? [])] };
}

function audienceProblems({ recipients }: UpdateRequest): Problem[] {
  if (!recipients || recipients.type === 'all') return [];
  const { type, value } = recipients;
  const path = '/recipients/value';
  if (!value || value.length === 0) return [{ path, problem: `is needed for ${type}` }];
  if (type === 'segment' && (value.length > 1 || !isUuid(String(value[0])))) {
    return [{ path, problem: 'must be the id of one segment' }];
  }
  return [];
}

function settingsProblems(settings: SettingsRequest | undefined, before?: BroadcastRow): Problem[] {
  const { delayMin, delayMax } = { ...defaults, ...before?.settings, ...settings };
  if (delayMin <= delayMax) return [];
  return [{ path: '/settings/delayMax', problem: `must be at least delayMin (${delayMin})` }];
}

/** What a file was made of is not kept twice. */
function withoutFile(message: Record<string, unknown> | undefined): Record<string, unknown> {
  const { base64, ...rest } = message ?? {};
  return base64 === undefined ? rest : { ...rest, base64: null };
}
