import type { Idempotency, IdempotencyClaim } from '../../http/idempotency.ts';
import { given } from '../../http/schema.ts';
import type { Actor } from '../../platform/actor.ts';
import type { AuditLog } from '../../platform/audit/record.ts';
import type { Clock } from '../../platform/clock.ts';
import type { Db, Tx } from '../../platform/db/transaction.ts';
import { Failure } from '../../platform/failures.ts';
import { isUuid } from '../../platform/ids.ts';
import type { JobQueue } from '../../platform/jobs/jobs.ts';
import { profileOf } from '../../platform/known-profiles.store.ts';
import type { Slice } from '../../platform/slice.ts';
import type { Media } from '../media/index.ts';
import type { Messages } from '../messages/index.ts';
import { readWhen } from '../schedule/index.ts';
import type { Templates } from '../templates/index.ts';
import { durationOf, presentBroadcast, presentStats, presentVariants } from './broadcasts.present.ts';
import type { CreateRequest, SettingsRequest, UpdateRequest } from './broadcasts.schema.ts';
import type { BroadcastRow, BroadcastStore } from './broadcasts.store.ts';
import type { Audience, BroadcastStatus } from './broadcasts.tables.ts';
import { countsByVariant, countsOf, skipsOf } from './count/counters.store.ts';
import type { Drafts } from './drafts.ts';
import { recipientsAsCsv } from './export.ts';
import { audienceFile, type Preparation } from './prepare/prepare.ts';
import type { Uploads } from './prepare/uploads.ts';
import type { createPreview } from './preview.ts';
import { createRequestReader } from './read-request.ts';
import { failuresOf } from './recipients.store.ts';
import { type RecipientsAsked, recipientsPage } from './recipients-page.ts';
import type { DuplicateRequest, TestRequest } from './results.schema.ts';
import { sweepBroadcast } from './sweep/sweep.jobs.ts';
import type { Transitions } from './transitions.ts';

export interface BroadcastServiceDeps {
  db: Db;
  clock: Clock;
  audit: AuditLog;
  store: BroadcastStore;
  idempotency: Pick<Idempotency, 'once' | 'recall'>;
  messages: Pick<Messages, 'readSend' | 'say'>;
  media: Pick<Media, 'release'>;
  drafts: Drafts;
  uploads: Pick<Uploads, 'look'>;
  jobs: JobQueue;
  templates: Pick<Templates, 'find'>;
  transitions: Transitions;
  preview: ReturnType<typeof createPreview>;
  preparation: Pick<Preparation, 'sizeOf'>;
}

/** Preparing, steering and reading broadcasts. */
export function createBroadcastService(deps: BroadcastServiceDeps) {
  const { db, clock, audit, store, transitions } = deps;
  const request = createRequestReader(deps);

  async function find(actor: Actor, id: string, from?: Tx): Promise<BroadcastRow> {
    const row = await store.find(actor, id, from);
    if (row?.kind !== 'broadcast') throw new Failure('BROADCAST_NOT_FOUND');
    return row;
  }

  const counted = async (row: BroadcastRow, tx: Db | Tx = db) =>
    presentBroadcast(row, (await countsOf(tx, [row.id])).get(row.id));

  async function columnsFor(actor: Actor, { profileId, settings, ...wanted }: CreateRequest) {
    await profileOf(db, actor, profileId);
    return request.columnsOf(actor, profileId, {
      ...wanted,
      ...(given(settings) && { settings: given(settings) as SettingsRequest }),
    } as UpdateRequest);
  }

  return {
    /** @throws Failure */
    async create(actor: Actor, body: CreateRequest, claim: IdempotencyClaim | undefined) {
      await deps.idempotency.recall(claim);
      const columns = await columnsFor(actor, body);
      return deps.idempotency.once(claim, 201, async (tx) => {
        const row = await deps.drafts.make(tx, actor, body.profileId, columns);
        return presentBroadcast(row, undefined);
      });
    },

    async list(
      actor: Actor,
      query: {
        profileId?: string | undefined;
        status?: BroadcastStatus | undefined;
        templateId?: string | undefined;
      },
      slice: Slice,
    ) {
      const profileId = await profileOf(db, actor, given(query.profileId));
      const templateId = given(query.templateId);
      if (templateId !== undefined && !isUuid(templateId)) return [];
      const which = { kind: 'broadcast' as const, profileId, status: query.status, templateId };
      const rows = await store.list(actor, which, slice);
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
      if (
        ['name', 'message', 'templateId', 'variants', 'recipients', 'settings'].every(
          (name) => !(name in body),
        )
      )
        return counted(found);
      if (found.status !== 'draft') throw new Failure('BROADCAST_NOT_DRAFT');
      const columns = await request.columnsOf(actor, found.profile_id, body, found);
      return store.inTransaction(async (tx) => {
        const row = await store.change(tx, id, ['draft'], { ...columns, updated_at: clock.now() });
        if (!row) throw new Failure('BROADCAST_NOT_DRAFT');
        await deps.drafts.keepFiles(tx, row);
        return counted(row, tx);
      });
    },

    /** @throws Failure BROADCAST_NOT_FOUND, MEDIA_NOT_FOUND */
    async duplicate(actor: Actor, id: string, body: DuplicateRequest, claim: IdempotencyClaim | undefined) {
      await find(actor, id);
      return deps.idempotency.once(claim, 201, async (tx) =>
        deps.drafts.duplicate(tx, actor, await find(actor, id, tx), body),
      );
    },

    /** @throws Failure BROADCAST_NOT_FOUND, INVALID_RECIPIENT, SENDING_POLICY */
    async test(actor: Actor, id: string, body: TestRequest, claim: IdempotencyClaim | undefined) {
      const row = await find(actor, id);
      return deps.idempotency.once(claim, 201, (tx) => deps.drafts.test(tx, actor, row, body));
    },

    /** @throws Failure BROADCAST_RUNNING */
    async remove(actor: Actor, id: string) {
      await find(actor, id);
      await store.inTransaction(async (tx) => {
        const row = await store.lock(tx, id);
        if (!row) throw new Failure('BROADCAST_NOT_FOUND');
        if (row.status === 'running') throw new Failure('BROADCAST_RUNNING');
        if (row.status === 'paused' || row.status === 'scheduled') await transitions.cancel(tx, actor, id);
        await store.update(tx, id, { removed_at: clock.now(), batch_id: null });
        await deps.jobs.enqueue(tx, sweepBroadcast, { broadcastId: id });
        await deps.media.release(tx, 'broadcast', [id]);
        await deps.media.release(tx, audienceFile, [id]);
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
    async start(actor: Actor, id: string, first: number | undefined, claim: IdempotencyClaim | undefined) {
      await find(actor, id);
      return deps.idempotency.once(claim, 200, async (tx) => {
        const { row, isResumed } = await transitions.start(tx, actor, id, first);
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
    async resume(actor: Actor, id: string, first: number | undefined, claim: IdempotencyClaim | undefined) {
      await find(actor, id);
      return deps.idempotency.once(claim, 200, async (tx) => {
        await transitions.resume(tx, actor, id, first);
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

    preview: deps.preview.saved,
    explain: deps.preview.explain,

    /** What it would be; nothing of it is kept. @throws Failure */
    async previewUnsaved(actor: Actor, body: CreateRequest) {
      const columns = await columnsFor(actor, body);
      const audience: Audience = JSON.parse(String(columns.audience));
      const row = { organization_id: actor.organizationId, profile_id: body.profileId, audience };
      return deps.preview.unsaved(actor, row, (tx) => deps.drafts.insert(tx, actor, body.profileId, columns));
    },

    export: async (actor: Actor, id: string) => recipientsAsCsv(db, await find(actor, id)),

    async stats(actor: Actor, id: string) {
      const row = await find(actor, id);
      const [counts, skippedFor, failedFor, byVariant] = await Promise.all([
        countsOf(db, [id]),
        skipsOf(db, id),
        failuresOf(db, id),
        countsByVariant(db, id),
      ]);
      const shown = presentBroadcast(row, counts.get(id));
      const { name, status, scheduledAt, startedAt, completedAt, stats, eta } = shown;
      return {
        ...{ id, name, status, scheduledAt, startedAt, completedAt },
        ...{ stats: { ...stats, skippedFor, failedFor }, duration: durationOf(row), eta },
        variants: presentVariants(row, byVariant),
      };
    },

    async recipients(actor: Actor, id: string, asked: RecipientsAsked) {
      return recipientsPage(db, await find(actor, id), asked);
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
