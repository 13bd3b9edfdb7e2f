import { randomBytes } from 'node:crypto';
import type { Actor } from '../../platform/actor.ts';
import type { AuditLog } from '../../platform/audit/record.ts';
import type { Clock } from '../../platform/clock.ts';
import type { Vault } from '../../platform/crypto.ts';
import type { Json } from '../../platform/db/json-column.ts';
import { type Db, inTransaction } from '../../platform/db/transaction.ts';
import type { EventRecorder } from '../../platform/events/record.ts';
import { Failure, type Problem } from '../../platform/failures.ts';
import { knowsProfile, profileOf } from '../../platform/known-profiles.store.ts';
import { isMasked, maskSecret } from '../../platform/masked.ts';
import type { Outbound } from '../../platform/outbound/outbound.ts';
import { reachOf } from '../../platform/reach.ts';
import { readHeaders } from '../webhooks/index.ts';
import { autoreplyUpdated } from './autoreply.events.ts';
import type { AutoreplyStore } from './autoreply.store.ts';
import type { ReplyHookRow } from './autoreply.tables.ts';

const secretLengthMin = 8;
const configBytesMax = 16_384;

export const sealedAs = (profileId: string, kind: string, what: 'secret' | 'config'): string =>
  `reply-hook/${profileId}/${kind}/${what}`;

/** What is asked for an answer where no rule has one: an address of another program, or a language model. */
export function createReplyHooks(deps: {
  db: Db;
  clock: Clock;
  vault: Vault;
  audit: AuditLog;
  events: EventRecorder;
  outbound: Pick<Outbound, 'check'>;
  store: AutoreplyStore;
}) {
  const { db, clock, vault, store } = deps;

  /** What answers by itself sends: it is no way around that permission. */
  async function assertMaySend(actor: Actor, profileId: string): Promise<void> {
    const reach = reachOf(actor, 'message:send');
    const { organizationId } = actor;
    if (reach && (await knowsProfile(db, { organizationId, reach }, profileId))) return;
    throw new Failure('PERMISSION_DENIED', {
      says: 'Its answers are sent: it needs the permission message:send for its profile, which you lack.',
    });
  }

  async function set(
    actor: Actor,
    profileId: string,
    kind: 'webhook' | 'ai',
    values: Pick<ReplyHookRow, 'url' | 'provider' | 'config' | 'secret' | 'enabled'>,
  ): Promise<ReplyHookRow> {
    const now = clock.now();
    const whose = { organizationId: actor.organizationId, profileId };
    return inTransaction(db, async (tx) => {
      const row = await store.setHook(tx, {
        ...{ profile_id: profileId, kind, organization_id: actor.organizationId },
        ...{ ...values, created_at: now, updated_at: now },
      });
      const { url, provider, enabled } = values;
      await deps.audit.record(tx, actor, {
        action: kind === 'webhook' ? 'autoreply.webhook_reply' : 'autoreply.ai_hook',
        resource: { type: 'profile', id: profileId },
        after: { url, provider, enabled },
      });
      await deps.events.record(tx, autoreplyUpdated, {
        ...whose,
        body: { profileId, kind, enabled, timestamp: now.toISOString() },
      });
      return row;
    });
  }

  const secretOf = ({ profile_id, secret }: ReplyHookRow) =>
    secret && vault.openText(secret, sealedAs(profile_id, 'webhook', 'secret'));

  function presentWebhook(profileId: string, row: ReplyHookRow | undefined, isNew = false) {
    const secret = row ? secretOf(row) : null;
    return {
      ...{ profileId, webhookUrl: row?.url ?? null, enabled: row?.enabled ?? false },
      ...{
        updatedAt: row?.updated_at.toISOString() ?? null,
        secret: secret && (isNew ? secret : maskSecret(secret)),
      },
    };
  }

  return {
    /** @throws Failure PROFILE_NOT_FOUND */
    async webhook(actor: Actor, profileId: string) {
      await profileOf(db, actor, profileId);
      return presentWebhook(profileId, await store.hook(db, profileId, 'webhook'));
    },

    /** A secret is made with the first address, and shown then. @throws Failure */
    async setWebhook(
      actor: Actor,
      body: {
        profileId: string;
        webhookUrl?: string | null;
        enabled?: boolean | null;
        secret?: string | null;
      },
    ) {
      const profileId = await profileOf(db, actor, body.profileId);
      const before = await store.hook(db, profileId, 'webhook');
      const url = body.webhookUrl || before?.url || null;
      const enabled = body.enabled ?? before?.enabled ?? url !== null;
      const given = body.secret && !isMasked(body.secret) ? body.secret : undefined;
      const details: Problem[] = [
        ...(enabled && !url ? [{ path: '/webhookUrl', problem: 'is missing' }] : []),
        ...(given !== undefined && given.length < secretLengthMin
          ? [{ path: '/secret', problem: `must have ${secretLengthMin} characters at least` }]
          : []),
      ];
      if (details.length > 0) throw new Failure('VALIDATION_ERROR', { details });
      if (url) await deps.outbound.check(url);
      if (enabled) await assertMaySend(actor, profileId);
      const isNew = given !== undefined || !before?.secret;
      const secret = isNew
        ? vault.sealText(given ?? randomBytes(32).toString('hex'), sealedAs(profileId, 'webhook', 'secret'))
        : before.secret;
      const row = await set(actor, profileId, 'webhook', {
        url,
        provider: null,
        config: null,
        secret,
        enabled,
      });
      return presentWebhook(profileId, row, isNew);
    },

    /** Never what it is configured with. @throws Failure PROFILE_NOT_FOUND */
    async ai(actor: Actor, profileId: string) {
      await profileOf(db, actor, profileId);
      const row = await store.hook(db, profileId, 'ai');
      const { provider = null, enabled = false, config = null } = row ?? {};
      return { profileId, provider, enabled, hasConfig: config !== null };
    },

    /** @throws Failure AI_PROVIDER_UNSUPPORTED, and as the others */
    async setAi(
      actor: Actor,
      body: { profileId: string; provider: string; config?: Json | null; enabled?: boolean | null },
    ) {
      const profileId = await profileOf(db, actor, body.profileId);
      const { provider } = body;
      if (!['openai', 'custom'].includes(provider)) throw new Failure('AI_PROVIDER_UNSUPPORTED');
      const before = await store.hook(db, profileId, 'ai');
      const config = body.config ?? null;
      const enabled = body.enabled ?? true;
      const details = problemsOfConfig(provider, config, before);
      if (details.length > 0) throw new Failure('VALIDATION_ERROR', { details });
      for (const url of [config?.endpoint, config?.baseUrl]) {
        if (typeof url === 'string') await deps.outbound.check(url);
      }
      if (enabled) await assertMaySend(actor, profileId);
      const sealed = config
        ? vault.sealText(JSON.stringify(config), sealedAs(profileId, 'ai', 'config'))
        : before?.provider === provider
          ? before.config
          : null;
      await set(actor, profileId, 'ai', { url: null, provider, config: sealed, secret: null, enabled });
      return { success: true, provider, enabled };
    },
  };
}

function problemsOfConfig(
  provider: string,
  config: Json | null,
  before: ReplyHookRow | undefined,
): Problem[] {
  if (config && JSON.stringify(config).length > configBytesMax) {
    return [{ path: '/config', problem: `must not be longer than ${configBytesMax} characters` }];
  }
  if (provider !== 'custom' || (!config && before?.provider === provider)) return [];
  const { endpoint, headers = {} } = config ?? {};
  if (typeof endpoint !== 'string') return [{ path: '/config/endpoint', problem: 'is missing' }];
  const isTexts =
    typeof headers === 'object' &&
    headers !== null &&
    Object.values(headers).every((one) => typeof one === 'string');
  if (!isTexts) return [{ path: '/config/headers', problem: 'must be texts by their names' }];
  readHeaders(headers as Record<string, string>);
  return [];
}

export type ReplyHooks = ReturnType<typeof createReplyHooks>;
