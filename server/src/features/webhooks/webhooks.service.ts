import { given } from '../../http/schema.ts';
import type { Actor } from '../../platform/actor.ts';
import type { AuditAction } from '../../platform/audit/actions.ts';
import type { AuditEntry, AuditLog } from '../../platform/audit/record.ts';
import { type Clock, daySeconds, later } from '../../platform/clock.ts';
import type { Vault } from '../../platform/crypto.ts';
import { type Db, inTransaction, type Tx } from '../../platform/db/transaction.ts';
import { readPatterns } from '../../platform/events/pattern.ts';
import type { EventRecorder } from '../../platform/events/record.ts';
import { Failure } from '../../platform/failures.ts';
import { newId } from '../../platform/ids.ts';
import { profileOf } from '../../platform/known-profiles.store.ts';
import { isMasked } from '../../platform/masked.ts';
import type { Outbound } from '../../platform/outbound/outbound.ts';
import { isEverywhere } from '../../platform/reach.ts';
import { auditedChange } from './audited-change.ts';
import { type GivenFilters, readFilters } from './filters.ts';
import { readHeaders } from './headers.ts';
import type { Hearing } from './hearing.ts';
import { openHeaders, sealHeaders, unmaskHeaders } from './sealed-headers.store.ts';
import { chooseSecret, sealSecret } from './secrets.ts';
import { webhookChanged } from './webhooks.events.ts';
import { createPresenter } from './webhooks.present.ts';
import type { CreateWebhookBody, RotateSecretBody, UpdateWebhookBody } from './webhooks.schema.ts';
import type { WebhookRow, WebhookStore } from './webhooks.store.ts';

export interface WebhookServiceDeps {
  db: Db;
  clock: Clock;
  vault: Vault;
  outbound: Outbound;
  webhooks: WebhookStore;
  hearing: Hearing;
  events: EventRecorder;
  audit: AuditLog;
  /** For local numbers among the chats of a filter. */
  defaultCountry: string;
  /** Names of the events that webhooks may carry. */
  eventNames: () => readonly string[];
  /** Called when a webhook changed: its claimed deliveries must be read again. */
  changed: (webhookId: string) => void;
}

const overlapSecondsDefault = daySeconds;

export type WebhookService = ReturnType<typeof createWebhookService>;

export function createWebhookService(deps: WebhookServiceDeps) {
  const { db, clock, vault, webhooks, hearing } = deps;
  const present = createPresenter(vault);

  async function rowOf(actor: Actor, id: string, tx: Db | Tx = db): Promise<WebhookRow> {
    const row = await webhooks.find(actor, id, tx);
    if (!row) throw new Failure('WEBHOOK_NOT_FOUND');
    return row;
  }
  /** Only callers who reach the whole organisation may make a webhook for all of it. */
  async function placeOf(actor: Actor, profileId: string | undefined): Promise<string | null> {
    if (profileId !== undefined || isEverywhere(actor.reach)) {
      return (await profileOf(db, actor, profileId)) ?? null;
    }
    throw new Failure('PERMISSION_DENIED', {
      says: 'You manage the webhooks of some profiles only: name one of them as profileId.',
    });
  }
  /** The permissions a changed webhook lacks: a new URL and new events need the rights of the caller. */
  async function lackingAfter(actor: Actor, before: WebhookRow, url?: string, events?: string[]) {
    const hasNewEvents = events !== undefined && JSON.stringify(events) !== JSON.stringify(before.events);
    if (!hasNewEvents && (url === undefined || url === before.url)) return undefined;
    const lacking = await hearing.lacking(actor, before.profile_id, events ?? before.events);
    return hasNewEvents ? lacking : [...new Set([...before.not_hearing, ...lacking])];
  }
  function recordAudit(
    tx: Tx,
    actor: Actor,
    action: AuditAction,
    id: string,
    more: Partial<AuditEntry> = {},
  ): Promise<void> {
    return deps.audit.record(tx, actor, { ...more, action, resource: { type: 'webhook', id } });
  }
  /** Events behind this one in the log go to the webhooks as they are now; see the fan-out. */
  function noteChange(tx: Tx, actor: Actor, webhookId: string): Promise<void> {
    const about = { organizationId: actor.organizationId, profileId: null };
    return deps.events.record(tx, webhookChanged, { ...about, body: { webhookId } });
  }
  function storedFilters(given: GivenFilters): string | null {
    const read = readFilters(given, deps.defaultCountry);
    return read && JSON.stringify(read);
  }
  /** The columns that put a new secret in place and keep the old one signing for a while. */
  function rotation(row: WebhookRow, secret: string, overlapSeconds: number) {
    return {
      secret: sealSecret(vault, row.id, secret),
      previous_secret: overlapSeconds > 0 ? row.secret : null,
      previous_secret_until: overlapSeconds > 0 ? later(clock.now(), overlapSeconds * 1_000) : null,
    };
  }

  return {
    rowOf,

    async list(actor: Actor, filter: { profileId?: string | undefined; limit: number; offset: number }) {
      const profileId = await profileOf(db, actor, given(filter.profileId));
      const rows = await webhooks.list(actor, { ...filter, profileId });
      return rows.map(present.listed);
    },

    async get(actor: Actor, id: string) {
      return present.masked(await rowOf(actor, id));
    },

    async create(actor: Actor, body: CreateWebhookBody) {
      const profileId = await placeOf(actor, given(body.profileId));
      const secret = chooseSecret(given(body.secret));
      const events = readPatterns(body.events, deps.eventNames(), '/events');
      const headers = readHeaders(unmaskHeaders(body.headers ?? {}, {}));
      const filters = storedFilters(body.filters ?? {});
      const notHearing = await hearing.lacking(actor, profileId, events);
      await deps.outbound.check(body.url);
      const id = newId();
      const now = clock.now();
      const row = await inTransaction(db, async (tx) => {
        await noteChange(tx, actor, id);
        await recordAudit(tx, actor, 'webhook.create', id, { after: { profileId, url: body.url, events } });
        return webhooks.insert(tx, {
          id,
          organization_id: actor.organizationId,
          profile_id: profileId,
          url: body.url,
          events,
          headers: JSON.stringify(sealHeaders(vault, id, headers)),
          filters,
          batch_max: body.batch?.max ?? null,
          ordered: body.ordered ?? false,
          not_hearing: notHearing,
          secret: sealSecret(vault, id, secret),
          enabled: body.enabled ?? body.isActive ?? true,
          created_at: now,
          updated_at: now,
        });
      });
      return present.withSecret(row, secret);
    },

    async update(actor: Actor, id: string, body: UpdateWebhookBody) {
      const before = await rowOf(actor, id);
      const url = given(body.url);
      const secret = given(body.secret);
      const enabled = body.enabled ?? body.isActive ?? undefined;
      const events = body.events ? readPatterns(body.events, deps.eventNames(), '/events') : undefined;
      const headers = { before: openHeaders(vault, id, before.headers), after: {} };
      headers.after =
        body.headers === undefined
          ? headers.before
          : readHeaders(unmaskHeaders(body.headers ?? {}, headers.before));
      const notHearing = await lackingAfter(actor, before, url, events);
      if (url !== undefined && url !== before.url) await deps.outbound.check(url);
      const change = {
        ...(url !== undefined && { url }),
        ...(events && { events }),
        ...(body.filters !== undefined && { filters: storedFilters(body.filters ?? {}) }),
        ...(body.batch !== undefined && { batch_max: body.batch?.max ?? null }),
        ...(typeof body.ordered === 'boolean' && { ordered: body.ordered }),
        ...(notHearing && { not_hearing: notHearing }),
        ...(body.headers !== undefined && {
          headers: JSON.stringify(sealHeaders(vault, id, headers.after)),
        }),
        // Switching on resets the failures.
        ...(enabled !== undefined && {
          enabled,
          disabled_reason: enabled ? null : before.disabled_reason,
          ...(enabled && { failing_since: null }),
        }),
        ...(secret && !isMasked(secret) && rotation(before, chooseSecret(secret), overlapSecondsDefault)),
        updated_at: clock.now(),
      };
      const row = await inTransaction(db, async (tx) => {
        await noteChange(tx, actor, id);
        const after = await webhooks.update(tx, actor, id, change);
        if (!after) throw new Failure('WEBHOOK_NOT_FOUND');
        await recordAudit(tx, actor, 'webhook.update', id, auditedChange(before, after, headers));
        return after;
      });
      deps.changed(id);
      return present.masked(row);
    },

    async rotateSecret(actor: Actor, id: string, body: RotateSecretBody) {
      const secret = chooseSecret(given(body.secret));
      const row = await inTransaction(db, async (tx) => {
        const before = await rowOf(actor, id, tx);
        const overlapSeconds = body.overlapSeconds ?? overlapSecondsDefault;
        await recordAudit(tx, actor, 'webhook.rotate_secret', id, { details: { overlapSeconds } });
        return webhooks.update(tx, actor, id, {
          ...rotation(before, secret, overlapSeconds),
          updated_at: clock.now(),
        });
      });
      if (!row) throw new Failure('WEBHOOK_NOT_FOUND');
      deps.changed(id);
      return present.withSecret(row, secret);
    },

    async remove(actor: Actor, id: string): Promise<{ success: true }> {
      await rowOf(actor, id);
      await inTransaction(db, async (tx) => {
        await noteChange(tx, actor, id);
        if (!(await webhooks.remove(tx, actor, id))) throw new Failure('WEBHOOK_NOT_FOUND');
        await recordAudit(tx, actor, 'webhook.delete', id);
      });
      deps.changed(id);
      return { success: true };
    },
  };
}
