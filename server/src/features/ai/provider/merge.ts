import type { Problem } from '../../../platform/failures.ts';
import { isMasked } from '../../../platform/masked.ts';
import { isServerAddress } from '../../../platform/outbound/targets.ts';
import type { AiBodyFields } from './provider.schema.ts';
import { defaults, type Provider } from './provider.ts';

/** What a body makes of the settings before; undefined when it takes them away. Answers every problem instead. */
export function mergeProvider(
  before: Provider | undefined,
  body: AiBodyFields,
): { provider: Provider | undefined } | { problems: Problem[] } {
  if (body.baseUrl === null || body.baseUrl === '') return { provider: undefined };
  const base = before ?? defaults;
  const isKept = body.apiKey === undefined || (body.apiKey !== null && isMasked(body.apiKey));
  const amount = (name: 'priceIn' | 'priceOut' | 'monthlyTokens' | 'monthlyCost' | 'dailyTokens') =>
    body[name] === undefined ? base[name] : body[name];
  const provider: Provider = {
    baseUrl: body.baseUrl?.trim().replace(/\/+$/, '') ?? before?.baseUrl ?? '',
    apiKey: isKept ? (before?.apiKey ?? null) : body.apiKey?.trim() || null,
    chatModel: body.chatModel?.trim() || (before?.chatModel ?? ''),
    models:
      body.models === null ? [] : (body.models?.map((one) => one.trim()).filter(Boolean) ?? base.models),
    embeddingModel:
      body.embeddingModel === undefined ? base.embeddingModel : body.embeddingModel?.trim() || null,
    jsonMode: body.jsonMode ?? base.jsonMode,
    timeoutMs: body.timeoutMs ?? base.timeoutMs,
    maxOutputTokens: body.maxOutputTokens ?? base.maxOutputTokens,
    concurrent: body.concurrent ?? base.concurrent,
    ...{ priceIn: amount('priceIn'), priceOut: amount('priceOut') },
    ...{ monthlyTokens: amount('monthlyTokens'), monthlyCost: amount('monthlyCost') },
    dailyTokens: amount('dailyTokens'),
    source: 'database',
  };
  const isMask = isKept && body.apiKey !== undefined;
  const problems = problemsOf(provider, before, { isKept, isMask });
  return problems.length > 0 ? { problems } : { provider };
}

function problemsOf(
  provider: Provider,
  before: Provider | undefined,
  { isKept, isMask }: { isKept: boolean; isMask: boolean },
): Problem[] {
  const problems: Problem[] = [];
  const { baseUrl, apiKey, chatModel, monthlyCost, priceIn, priceOut } = provider;
  if (baseUrl === '') problems.push({ path: '/baseUrl', problem: 'is required' });
  else if (!isServerAddress(baseUrl)) {
    problems.push({ path: '/baseUrl', problem: 'must be an address, as in https://api.openai.com/v1' });
  }
  if (chatModel === '') problems.push({ path: '/chatModel', problem: 'is required' });
  for (const [path, value] of [
    ['/chatModel', chatModel],
    ['/embeddingModel', provider.embeddingModel ?? ''],
    ...provider.models.map((one, index) => [`/models/${index}`, one]),
  ] as [string, string][]) {
    if (/\p{Cc}/u.test(value)) problems.push({ path, problem: 'must be one line' });
  }
  if (isMask && !before?.apiKey) problems.push({ path: '/apiKey', problem: 'is a mask, and no key is set' });
  else if (apiKey !== null && /[^\x21-\x7e]/.test(apiKey)) {
    problems.push({ path: '/apiKey', problem: 'must be plain letters and signs' });
  }
  // Else a key that is kept could be sent to a server of the caller's choice.
  const isElsewhere = before !== undefined && before.baseUrl !== baseUrl;
  if (isElsewhere && isKept && apiKey !== null) {
    problems.push({ path: '/apiKey', problem: 'is needed anew for another server' });
  }
  if (monthlyCost !== null && priceIn === null && priceOut === null) {
    problems.push({ path: '/monthlyCost', problem: 'needs the prices of tokens' });
  }
  return problems;
}
