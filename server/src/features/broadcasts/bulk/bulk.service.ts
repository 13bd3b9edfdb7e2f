import type { Static } from 'typebox';
import type { Idempotency, IdempotencyClaim } from '../../../http/idempotency.ts';
import { given } from '../../../http/schema.ts';
import type { Actor } from '../../../platform/actor.ts';
import type { AuditLog } from '../../../platform/audit/record.ts';
import { chatKind, tryParseChatId } from '../../../platform/chat-id.ts';
import { type Clock, later } from '../../../platform/clock.ts';
import { afterCommit, type Db } from '../../../platform/db/transaction.ts';
import { Failure, type Problem } from '../../../platform/failures.ts';
import { isUuid, newId } from '../../../platform/ids.ts';
import { profileOf } from '../../../platform/known-profiles.store.ts';
import type { Slice } from '../../../platform/slice.ts';
import { type Messages, originOf } from '../../messages/index.ts';
import { presentStats, stateOf } from '../broadcasts.present.ts';
import type { BroadcastRow, BroadcastStore } from '../broadcasts.store.ts';
import type { BroadcastSettings } from '../broadcasts.tables.ts';
import { addCounts, countsOf } from '../count/counters.store.ts';
import { type Counts, countedAs, level, noCounts } from '../count/levels.ts';
import type { Ending } from '../ending.ts';
import { startsAt } from '../feed/fairness.ts';
import { type ReadyContent, readyMessage } from '../read-message.ts';
import { addRecipients, listRecipients, type NewRecipient, type RecipientRow } from '../recipients.store.ts';
import type { Transitions } from '../transitions.ts';
import { type BatchWithResults, type BulkRequest, messagesMax } from './bulk.schema.ts';

const delayMs = 3_000;
/** What a delay is lengthened by, at most. */
const jitterMs = 2_000;
const filesAtOnce = 4;

export interface BulkServiceDeps {
  db: Db;
  clock: Clock;
  audit: AuditLog;
  store: BroadcastStore;
  idempotency: Pick<Idempotency, 'once' | 'recall'>;
  messages: Pick<Messages, 'readSend' | 'say' | 'referFile' | 'senderOf' | 'byIds'>;
  ending: Ending;
  transitions: Transitions;
  defaultCountry: string;
  poke(profileId: string): void;
}

/** Batches: campaigns whose recipients have each a message of their own. */
export function createBulkService(deps: BulkServiceDeps) {
  const { db, clock, store, messages } = deps;

  /** Every message made ready, the same file taken in once. @throws Failure with all problems */
  async function readyAll(
    actor: Actor,
    { profileId, messages: asked }: BulkRequest,
  ): Promise<ReadyContent[]> {
    const problems: Problem[] = [];
    let first: Failure | undefined;
    const same = new Map<string, Promise<ReadyContent>>();
    const ready: ReadyContent[] = [];
    const one = async ({ type, content }: BulkRequest['messages'][number], at: number) => {
      const wanted = { ...content, type };
      const key = JSON.stringify(wanted);
      const made = same.get(key) ?? readyMessage(messages, actor, profileId, { wanted, path: '' });
      same.set(key, made);
      try {
        ready[at] = await made;
      } catch (error) {
        if (!(error instanceof Failure) || error.status >= 500) throw error;
        const below = `/messages/${at}/content`;
        const found = error.details ?? [{ path: '', problem: error.message }];
        problems.push(...found.map(({ path, problem }) => ({ path: `${below}${path}`, problem })));
        first ??= error;
      }
    };
    for (let at = 0; at < asked.length; at += filesAtOnce) {
      await Promise.all(asked.slice(at, at + filesAtOnce).map((message, n) => one(message, at + n)));
    }
    if (first) {
      // One that is alone says what it is, as the route of its kind would.
      const code = problems.length === 1 ? first.code : 'VALIDATION_ERROR';
      throw new Failure(code, { details: problems, ...(problems.length === 1 && { says: first.message }) });
    }
    return ready;
  }

  async function batchOf(
    actor: Actor,
    batchId: string,
    profileId: string | undefined,
  ): Promise<BroadcastRow> {
    const of = given(profileId);
    const row = of === undefined || isUuid(of) ? await store.findBatch(actor, batchId, of) : undefined;
    if (!row) throw new Failure('BATCH_NOT_FOUND', { says: `Batch ${batchId} not found for this profile` });
    return row;
  }

  async function withResults(actor: Actor, row: BroadcastRow): Promise<Static<typeof BatchWithResults>> {
    const [counts, recipients] = await Promise.all([
      countsOf(db, [row.id]),
      listRecipients(db, row.id, { levels: undefined, after: 0, limit: messagesMax, offset: 0 }),
    ]);
    const ids = recipients.flatMap(({ message_id }) => message_id ?? []);
    const sent = ids.length > 0 ? await messages.byIds(actor, ids) : new Map();
    return {
      ...presentBatch(row, counts.get(row.id), clock.now()),
      results: recipients.flatMap((recipient) => resultOf(recipient, row, sent) ?? []),
    };
  }

  return {
    /** @throws Failure VALIDATION_ERROR, PROFILE_NOT_FOUND, BATCH_EXISTS */
    async send(actor: Actor, body: BulkRequest, claim: IdempotencyClaim | undefined) {
      await deps.idempotency.recall(claim);
      const { profileId } = body;
      const sender = await messages.senderOf(actor, profileId);
      const ready = await readyAll(actor, body);
      const id = newId();
      const batchId = given(body.batchId) ?? `batch_${id}`;
      return deps.idempotency.once(claim, 201, async (tx) => {
        const profile = await store.holdProfile(tx, profileId);
        if (!profile) throw new Failure('PROFILE_NOT_FOUND');
        const now = clock.now();
        const { kind, id: by } = originOf(actor);
        const settings = settingsOf(given(body.options) ?? {});
        const others = await store.runningOf(tx, profileId);
        const row = await store.insert(tx, {
          ...{ id, organization_id: actor.organizationId, profile_id: profileId, kind: 'bulk' as const },
          ...{ batch_id: batchId, name: batchId, message: '{}', settings: JSON.stringify(settings) },
          ...{ audience: JSON.stringify({ type: 'bulk', value: [] }), status: 'running' as const },
          ...{ created_kind: kind, created_by: by, created_at: now, updated_at: now },
          ...{ started_at: now, next_due_at: now, prepared_at: now, prepared_until: body.messages.length },
          virtual_time: startsAt(others.map(({ virtual_time }) => ({ virtualTime: virtual_time }))),
        });
        if (!row) throw new Failure('BATCH_EXISTS');
        const country = sender.defaultCountry ?? deps.defaultCountry;
        const recipients = body.messages.map((message, at) => recipientOf(message, ready[at], country));
        const added = await addRecipients(tx, id, { until: 0, now }, recipients);
        const counts = noCounts();
        for (const { status } of added) for (const name of countedAs(status)) counts[name] += 1;
        await addCounts(tx, id, counts);
        const files = new Map(ready.map(({ content }) => [JSON.stringify(content.media), content]));
        for (const content of files.values()) {
          const whose = { id, organizationId: actor.organizationId, profileId };
          await messages.referFile(tx, { ...whose, content }, 'broadcast');
        }
        await deps.audit.record(tx, actor, {
          action: 'message.bulk_send',
          resource: { type: 'broadcast', id },
          details: { messages: body.messages.length },
        });
        await deps.ending.tell(tx, 'started', row);
        await deps.ending.completeIfDone(tx, row);
        afterCommit(tx, () => deps.poke(profileId));
        const paceMs = profile.message_delay_ms + profile.message_delay_jitter_ms / 2;
        return {
          ...{ batchId, status: 'processing' as const, totalMessages: body.messages.length },
          estimatedCompletionTime: estimate(row, counts, now, paceMs),
          statusUrl: `/api/v1/bulk/batch/${encodeURIComponent(batchId)}`,
        };
      });
    },

    async list(actor: Actor, profileId: string | undefined, slice: Slice) {
      const known = await profileOf(db, actor, given(profileId));
      const rows = await store.list(actor, { kind: 'bulk', profileId: known }, slice);
      const counts = await countsOf(
        db,
        rows.map(({ id }) => id),
      );
      return rows.map((row) => presentBatch(row, counts.get(row.id), clock.now()));
    },

    /** @throws Failure BATCH_NOT_FOUND */
    get: async (actor: Actor, batchId: string, profileId: string | undefined) =>
      withResults(actor, await batchOf(actor, batchId, profileId)),

    /** @throws Failure BATCH_NOT_FOUND, BATCH_ENDED */
    async cancel(actor: Actor, batchId: string, profileId: string | undefined) {
      const { id } = await batchOf(actor, batchId, profileId);
      const { ids } = await store
        .inTransaction((tx) => deps.transitions.cancel(tx, actor, id))
        .catch(async (error: unknown) => {
          if (!(error instanceof Failure) || error.code !== 'BROADCAST_ENDED') throw error;
          const status = statusOf(await batchOf(actor, batchId, profileId));
          throw new Failure('BATCH_ENDED', { says: `Batch ${batchId} is already ${status}`, cause: error });
        });
      await deps.transitions.settled(ids);
      return withResults(actor, await batchOf(actor, batchId, profileId));
    },
  };
}

export type BulkService = ReturnType<typeof createBulkService>;

function settingsOf(options: NonNullable<BulkRequest['options']>): BroadcastSettings {
  const delayMin = options.delayBetweenMessages ?? delayMs;
  return {
    delayMin,
    delayMax: delayMin + ((options.randomizeDelay ?? true) ? jitterMs : 0),
    ...{ batchSize: messagesMax, batchPause: 0, retryFailed: false, retryAttempts: 0 },
    // A program asked for each of these, and nobody resumes a batch: it does not pause for how it goes.
    ...{ category: 'other', stopOnError: options.stopOnError ?? false },
    policy: { trouble: false, numberCheck: false },
  };
}

function recipientOf(
  { chatId, variables }: BulkRequest['messages'][number],
  ready: ReadyContent | undefined,
  country: string,
): NewRecipient {
  const chat = tryParseChatId(chatId, country);
  const isFit = chat !== undefined && ['user', 'group'].includes(chatKind(chat));
  const content = { to: chatId, type: ready?.type ?? '', content: ready?.content ?? {} };
  if (isFit) return { chat, content, vars: given(variables) ?? null, status: level.pending };
  const reason = `Invalid recipient: ${chatId}`;
  return { chat: chatId, content, status: level.failed, code: 'INVALID_RECIPIENT', reason };
}

/** When the last message leaves if nothing is in the way: the delays between them, or the pace of the profile. */
function estimate(
  { settings: { delayMin, delayMax } }: Pick<BroadcastRow, 'settings'>,
  counts: Counts,
  from: Date,
  paceMs: number,
): string {
  const waiting = counts.pending + counts.deferred + counts.queued;
  const eachMs = Math.max((delayMin + delayMax) / 2, paceMs);
  return later(from, Math.max(0, waiting - 1) * eachMs).toISOString();
}

function statusOf({ status, status_reason }: BroadcastRow) {
  if (status === 'completed') return 'completed';
  if (status === 'failed') return status_reason === 'cancelled' ? 'cancelled' : 'failed';
  return 'processing';
}

function presentBatch(row: BroadcastRow, counts: Counts = noCounts(), now: Date) {
  const { total, sent, delivered, read, failed, pending, cancelled } = presentStats(counts);
  return {
    id: row.id,
    batchId: row.batch_id ?? row.id,
    profileId: row.profile_id,
    status: statusOf(row),
    // Who was left out was not sent it.
    progress: {
      total: total + counts.skipped,
      sent,
      delivered,
      read,
      failed: failed + counts.skipped,
      pending,
      cancelled,
    },
    createdAt: row.created_at.toISOString(),
    startedAt: row.started_at?.toISOString() ?? null,
    completedAt: row.completed_at?.toISOString() ?? null,
    estimatedCompletionTime: row.completed_at?.toISOString() ?? estimate(row, counts, now, 0),
  } as const;
}

function resultOf(
  row: RecipientRow,
  batch: BroadcastRow,
  sent: ReadonlyMap<string, { waMessageId: string }>,
) {
  const state = stateOf(row, batch);
  const chatId = row.content?.to ?? row.chat;
  const messageId = row.message_id ? sent.get(row.message_id)?.waMessageId : undefined;
  const about = { chatId, ...(messageId && { messageId }) };
  if (state === 'sent' || state === 'delivered' || state === 'read') {
    return { ...about, status: 'sent' as const, delivery: state };
  }
  if (state === 'cancelled') return { ...about, status: 'cancelled' as const };
  if (state !== 'failed' && state !== 'skipped') return undefined;
  const error = { code: row.code ?? 'SEND_FAILED', message: row.reason ?? 'It could not be sent.' };
  return { ...about, status: 'failed' as const, error };
}
