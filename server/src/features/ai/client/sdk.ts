import type { Provider } from '../provider/provider.ts';

const load = () => import('@ai-sdk/openai-compatible');
let loaded: ReturnType<typeof load> | undefined;

/** The library that speaks the protocol, read when it is first needed: it weighs 24 MB. */
export async function modelsOf(
  { baseUrl, apiKey, jsonMode }: Pick<Provider, 'baseUrl' | 'apiKey' | 'jsonMode'>,
  fetch: typeof globalThis.fetch,
) {
  loaded ??= load();
  const { createOpenAICompatible } = await loaded;
  return createOpenAICompatible({
    ...{ name: 'provider', baseURL: baseUrl, fetch, supportsStructuredOutputs: jsonMode === 'schema' },
    ...(apiKey !== null && { apiKey }),
  });
}
