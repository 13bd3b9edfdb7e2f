import type { Actor } from '../../../platform/actor.ts';
import { type AuditLog, differences } from '../../../platform/audit/record.ts';
import type { Clock } from '../../../platform/clock.ts';
import type { Vault } from '../../../platform/crypto.ts';
import type { Db, Tx } from '../../../platform/db/transaction.ts';
import { Failure } from '../../../platform/failures.ts';
import { maskSecret } from '../../../platform/masked.ts';
import type { Outbound } from '../../../platform/outbound/outbound.ts';
import type { Rate } from '../../../platform/rate.ts';
import type { Models } from '../client/models.ts';
import { mergeProvider } from './merge.ts';
import type { AiBodyFields, AiTestedFields } from './provider.schema.ts';
import type { ProviderStore } from './provider.store.ts';
import {
  type AiConfig,
  defaults,
  openProvider,
  type Provider,
  providerOfServer,
  sealProvider,
} from './provider.ts';
import { testProvider } from './provider-test.ts';

/** Finds the language model of an organisation: its own, else the server's where it may use that. */
export function createProviders(deps: { vault: Vault; store: ProviderStore; config: AiConfig }) {
  const ofServer = providerOfServer(deps.config);
  const ownOf = async (organizationId: string, tx?: Db | Tx): Promise<Provider | undefined> => {
    const row = await deps.store.find(organizationId, tx);
    return row && openProvider(deps.vault, row);
  };
  return {
    ownOf,
    async find(organizationId: string): Promise<Provider | undefined> {
      const own = await ownOf(organizationId);
      if (own || !ofServer) return own;
      const isIts = deps.config.aiShared === 'on' || (await deps.store.oldest()) === organizationId;
      return isIts ? ofServer : undefined;
    },
  };
}

export type Providers = ReturnType<typeof createProviders>;

/** `/settings/ai` */
export function createProviderService(deps: {
  clock: Clock;
  vault: Vault;
  audit: AuditLog;
  outbound: Pick<Outbound, 'check'>;
  store: ProviderStore;
  providers: Providers;
  models: Pick<Models, 'tryOut' | 'tryEmbedding'>;
  /** How often an organisation may test: a test must not scan a network. */
  rate: Rate;
}) {
  const { clock, vault, store, providers } = deps;

  async function read(before: Provider | undefined, body: AiBodyFields): Promise<Provider | undefined> {
    const merged = mergeProvider(before, body);
    if ('problems' in merged) throw new Failure('VALIDATION_ERROR', { details: merged.problems });
    return merged.provider;
  }

  return {
    get: async ({ organizationId }: Actor) => present(await providers.find(organizationId)),

    /** @throws Failure VALIDATION_ERROR with every problem, TARGET_NOT_ALLOWED */
    async put(actor: Actor, body: AiBodyFields) {
      const { organizationId } = actor;
      const wanted = await read(await providers.ownOf(organizationId), body);
      if (wanted) await deps.outbound.check(wanted.baseUrl);
      await store.inTransaction(async (tx) => {
        const before = await providers.ownOf(organizationId, tx);
        const provider = await read(before, body);
        if (provider) {
          await store.put(tx, {
            ...{ organization_id: organizationId, updated_at: clock.now() },
            ...sealProvider(vault, organizationId, provider),
          });
        } else await store.remove(tx, organizationId);
        await deps.audit.record(tx, actor, {
          action: 'settings.update',
          resource: { type: 'ai', id: null },
          ...auditedChange(before, provider),
        });
      });
      const message = wanted ? 'Saved. It is asked from now on.' : 'What this server provides counts again.';
      return { success: true, message, ai: present(await providers.find(organizationId)) };
    },

    /** What is wrong with it is an answer, not a failure. @throws Failure VALIDATION_ERROR, RATE_LIMITED */
    async test({ organizationId }: Actor, body: AiBodyFields): Promise<AiTestedFields> {
      const isGiven = Object.values(body).some((value) => value !== undefined && value !== null);
      const set = isGiven ? await providers.ownOf(organizationId) : await providers.find(organizationId);
      const provider = isGiven ? await read(set, body) : set;
      deps.rate.count(organizationId);
      if (provider) return testProvider(deps.models, provider);
      return {
        ...{ success: false, message: 'No language model is set.', code: 'none' as const, jsonMode: null },
        ...{ embeddingDimensions: null, durationMs: 0 },
      };
    },
  };
}

export type ProviderService = ReturnType<typeof createProviderService>;

function present(provider: Provider | undefined) {
  if (!provider) {
    const nothing = { baseUrl: null, apiKey: null, chatModel: null, ...defaults, models: [], jsonMode: null };
    return { ...nothing, source: 'none' as const };
  }
  // Of the operator's server an organisation sees what it can ask for.
  const isOwn = provider.source === 'database';
  return {
    ...provider,
    models: [...provider.models],
    baseUrl: isOwn ? provider.baseUrl : null,
    apiKey: isOwn ? provider.apiKey && maskSecret(provider.apiKey) : null,
  };
}

/** Of the key only that it was replaced. */
function auditedChange(before: Provider | undefined, after: Provider | undefined) {
  const shown = (provider: Provider | undefined) => {
    const { apiKey: _, source: __, ...rest } = provider ?? { apiKey: null, source: 'database' };
    return { ...rest };
  };
  const isReplaced = (before?.apiKey ?? null) !== (after?.apiKey ?? null);
  return {
    ...differences(shown(before), shown(after)),
    ...(isReplaced && { details: { apiKey: 'replaced' } }),
  };
}
