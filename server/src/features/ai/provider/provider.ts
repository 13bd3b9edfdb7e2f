import type { Config } from '../../../platform/config/config.ts';
import type { Vault } from '../../../platform/crypto.ts';
import type { Json } from '../../../platform/db/json-column.ts';

/** How a server takes that an answer is to be JSON. */
export type JsonMode = 'schema' | 'object' | 'text';
export const jsonModes: readonly JsonMode[] = ['schema', 'object', 'text'];

/** What is set for a language model; prices are of a million tokens, in whatever currency. */
export interface ProviderSettings {
  readonly baseUrl: string;
  readonly chatModel: string;
  /** Others that may be asked for. */
  readonly models: readonly string[];
  readonly embeddingModel: string | null;
  readonly jsonMode: JsonMode;
  readonly timeoutMs: number;
  readonly maxOutputTokens: number;
  readonly priceIn: number | null;
  readonly priceOut: number | null;
  readonly monthlyTokens: number | null;
  readonly monthlyCost: number | null;
  /** Of one profile. */
  readonly dailyTokens: number | null;
  readonly concurrent: number;
}

/** A language model that may be asked. */
export interface Provider extends ProviderSettings {
  readonly apiKey: string | null;
  readonly source: 'database' | 'env';
}

export const openAiUrl = 'https://api.openai.com/v1';
export const defaults: Omit<ProviderSettings, 'baseUrl' | 'chatModel'> = {
  ...{ models: [], embeddingModel: null, jsonMode: 'schema', timeoutMs: 20_000, maxOutputTokens: 800 },
  ...{
    priceIn: null,
    priceOut: null,
    monthlyTokens: null,
    monthlyCost: null,
    dailyTokens: null,
    concurrent: 4,
  },
};

const context = (organizationId: string) => `ai/provider/${organizationId}`;

export function sealProvider(vault: Vault, organizationId: string, { apiKey, ...rest }: Provider) {
  const { source: _, ...settings } = rest;
  return {
    settings: JSON.stringify(settings),
    secrets: vault.sealText(JSON.stringify({ apiKey }), context(organizationId)),
  };
}

export function openProvider(
  vault: Vault,
  row: { organization_id: string; settings: Json; secrets: Buffer },
): Provider {
  const { apiKey } = JSON.parse(vault.openText(row.secrets, context(row.organization_id))) as {
    apiKey: string | null;
  };
  return { ...defaults, ...(row.settings as unknown as ProviderSettings), apiKey, source: 'database' };
}

export type AiConfig = Pick<Config, 'aiBaseUrl' | 'aiApiKey' | 'aiModel' | 'aiEmbeddingModel' | 'aiShared'>;

/** The language model of the server, if it has one. */
export function providerOfServer(config: AiConfig): Provider | undefined {
  if (config.aiBaseUrl === undefined && config.aiApiKey === undefined) return undefined;
  return {
    ...defaults,
    baseUrl: (config.aiBaseUrl ?? openAiUrl).replace(/\/+$/, ''),
    chatModel: config.aiModel,
    embeddingModel: config.aiEmbeddingModel ?? null,
    apiKey: config.aiApiKey ?? null,
    source: 'env',
  };
}
