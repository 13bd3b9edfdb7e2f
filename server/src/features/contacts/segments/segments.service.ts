import type { FastifyReply } from 'fastify';
import type { Static } from 'typebox';
import { onePage, sliceOf } from '../../../http/list.ts';
import { given } from '../../../http/schema.ts';
import type { Actor } from '../../../platform/actor.ts';
import type { Clock } from '../../../platform/clock.ts';
import type { Db } from '../../../platform/db/transaction.ts';
import { Failure } from '../../../platform/failures.ts';
import { isUuid, newId } from '../../../platform/ids.ts';
import { profileOf } from '../../../platform/known-profiles.store.ts';
import { isEverywhere } from '../../../platform/reach.ts';
import { inSegment } from './segment.sql.ts';
import type { CreateSegment, SegmentFilter, UpdateSegment } from './segments.schema.ts';
import type { SegmentRow, SegmentStore } from './segments.store.ts';

export function createSegmentService({ db, clock, store }: { db: Db; clock: Clock; store: SegmentStore }) {
  const counted = async (actor: Actor, row: SegmentRow) => ({
    ...presentSegment(row),
    count: await store.count(actor, row),
  });

  async function segmentOf(actor: Actor, id: string): Promise<SegmentRow> {
    const row = await store.find(actor, id);
    if (!row) throw new Failure('SEGMENT_NOT_FOUND');
    return row;
  }

  return {
    async list(
      actor: Actor,
      query: { limit?: number; offset?: number; cursor?: string | undefined },
      reply: FastifyReply,
    ) {
      const slice = sliceOf(query);
      const rows = (await store.list(actor, slice)).map(presentSegment);
      return onePage(reply, slice, rows, ({ createdAt }) => createdAt);
    },

    /** @throws Failure SEGMENT_NOT_FOUND */
    get: async (actor: Actor, id: string) => counted(actor, await segmentOf(actor, id)),

    /** What a segment adds to a filter of contacts. @throws Failure SEGMENT_NOT_FOUND */
    async filterOf(actor: Actor, id: string) {
      if (!isUuid(id)) throw new Failure('SEGMENT_NOT_FOUND');
      const { profile_id, filter } = await segmentOf(actor, id);
      return { within: inSegment(filter as SegmentFilter, profile_id) };
    },

    /** @throws Failure PROFILE_NOT_FOUND, PERMISSION_DENIED for one of every profile by somebody with some of them */
    async create(actor: Actor, { name, profileId: wanted, filter }: Static<typeof CreateSegment>) {
      const profileId = await profileOf(db, actor, given(wanted));
      if (!profileId && !isEverywhere(actor.reach)) throw new Failure('PERMISSION_DENIED');
      assertMoments(filter);
      const now = clock.now();
      const row = await store.insert({
        ...{ id: newId(), organization_id: actor.organizationId, profile_id: profileId ?? null },
        ...{ name, filter: JSON.stringify(filter), created_at: now, updated_at: now },
      });
      return counted(actor, row);
    },

    /** @throws Failure SEGMENT_NOT_FOUND */
    async update(actor: Actor, id: string, { name, filter }: Static<typeof UpdateSegment>) {
      if (filter) assertMoments(filter);
      const row = await store.update(actor, id, {
        ...(name && { name }),
        ...(filter && { filter: JSON.stringify(filter) }),
        updated_at: clock.now(),
      });
      if (!row) throw new Failure('SEGMENT_NOT_FOUND');
      return counted(actor, row);
    },

    /** @throws Failure SEGMENT_NOT_FOUND */
    async remove(actor: Actor, id: string) {
      if (!(await store.remove(actor, id))) throw new Failure('SEGMENT_NOT_FOUND');
      return { success: true };
    },
  };
}

export type SegmentService = ReturnType<typeof createSegmentService>;

function presentSegment(row: SegmentRow) {
  return {
    id: row.id,
    profileId: row.profile_id,
    name: row.name,
    filter: row.filter as SegmentFilter,
    createdAt: row.created_at.toISOString(),
    updatedAt: row.updated_at.toISOString(),
  };
}

/** The form of a moment does not tell that there is such a day. */
function assertMoments({ activeSince, inactiveSince }: SegmentFilter): void {
  const moments = Object.entries({ activeSince, inactiveSince });
  const details = moments.flatMap(([name, moment]) =>
    moment !== undefined && Number.isNaN(Date.parse(moment))
      ? [{ path: `/filter/${name}`, problem: 'is no moment' }]
      : [],
  );
  if (details.length > 0) throw new Failure('VALIDATION_ERROR', { details });
}
