import { given } from '../../../http/schema.ts';
import type { Actor } from '../../../platform/actor.ts';
import { type Clock, dayMs, later } from '../../../platform/clock.ts';
import type { Json } from '../../../platform/db/json-column.ts';
import type { Db } from '../../../platform/db/transaction.ts';
import { Failure } from '../../../platform/failures.ts';
import { profileOf } from '../../../platform/known-profiles.store.ts';
import type { Rate } from '../../../platform/rate.ts';
import type { BudgetStore, UsageRow } from '../client/budgets.store.ts';
import { dayOf, monthScope } from '../client/budgets.ts';
import type { Answered, Ask, Models } from '../client/models.ts';
import { type Outcome, sentenceOf } from '../client/trouble.ts';
import type { Provider } from '../provider/provider.ts';
import type { CompleteFields, TranslateFields } from './ai.schema.ts';
import type { AnswerCache } from './answer-cache.ts';
import { sentimentOf } from './sentiment.ts';
import { languageOf, translated } from './translate.ts';

const schemaBytesMax = 16_384;
const usageDaysMax = 366;
const usageDaysDefault = 30;

export function createAiService(deps: {
  db: Db;
  clock: Clock;
  models: Pick<Models, 'ask' | 'providerOf' | 'isResting'>;
  find(organizationId: string): Promise<Provider | undefined>;
  budgets: Pick<BudgetStore, 'usedOf' | 'lastCall' | 'usage'>;
  cache: AnswerCache;
  /** How often somebody may ask. */
  rate: Rate;
}) {
  const { db, clock, models, budgets, cache, rate } = deps;

  /** The provider of whoever asks, and how it is asked for them. */
  async function asking({ organizationId, apiKeyId, userId }: Actor) {
    const provider = await models.providerOf(organizationId);
    rate.count(apiKeyId ?? userId);
    return {
      provider,
      ask: (ask: Ask): Promise<Answered> =>
        cache.of(organizationId, provider, ask, () => models.ask(organizationId, ask)),
      forget: (ask: Ask) => cache.forget(organizationId, provider, ask),
    };
  }

  return {
    async status({ organizationId }: Actor) {
      const provider = await deps.find(organizationId);
      const { tokens, cost } = await budgets.usedOf(organizationId, monthScope(clock.now()));
      const last = provider && (await budgets.lastCall(organizationId));
      const isFailed = last !== undefined && last.outcome !== 'ok' && last.outcome !== 'refused';
      return {
        ...{ configured: provider !== undefined, provider: 'openai', model: provider?.chatModel ?? null },
        embeddings: provider?.embeddingModel != null,
        healthy: provider !== undefined && !isFailed && !models.isResting(organizationId, provider),
        ...(last &&
          isFailed && {
            lastError: {
              ...{ code: last.outcome, message: sentenceOf(last.outcome as Exclude<Outcome, 'ok'>) },
              at: last.at.toISOString(),
            },
          }),
        usage: {
          month: { tokens, cost },
          limit: { tokens: provider?.monthlyTokens ?? null, cost: provider?.monthlyCost ?? null },
        },
      };
    },

    /** @throws Failure VALIDATION_ERROR and those of the question */
    async complete(actor: Actor, body: CompleteFields) {
      const { provider, ask } = await asking(actor);
      const model = given(body.model);
      const schema = given(body.json);
      const details = [
        ...(model && model !== provider.chatModel && !provider.models.includes(model)
          ? [
              {
                path: '/model',
                problem: `must be one of ${[provider.chatModel, ...provider.models].join(', ')}`,
              },
            ]
          : []),
        ...(schema ? problemsOfSchema(schema) : []),
      ];
      if (details.length > 0) throw new Failure('VALIDATION_ERROR', { details });
      const answer = await ask({
        ...{ purpose: 'complete', model, system: given(body.systemPrompt) },
        ...{ maxTokens: given(body.maxTokens) ?? 500, temperature: given(body.temperature) ?? 0.7 },
        turns: [{ role: 'user', text: body.prompt }],
        ...(schema && { json: { name: 'answer', schema } }),
      });
      if (schema && !answer.json) {
        throw new Failure('AI_UNAVAILABLE', { says: 'The language model did not answer with an object.' });
      }
      return {
        ...{ success: true, content: answer.text, usage: answer.usage, model: answer.model },
        ...(answer.json && { json: answer.json }),
        truncated: answer.isCut,
      };
    },

    /** @throws Failure of the question */
    async sentiment(actor: Actor, message: string) {
      const { ask, forget } = await asking(actor);
      const told = await sentimentOf(message, (question, isAgain) => {
        if (isAgain) forget(question);
        return ask(question);
      });
      return { success: true, ...told };
    },

    /** @throws Failure VALIDATION_ERROR and those of the question */
    async translate(actor: Actor, body: TranslateFields) {
      const target = languageOf(given(body.targetLanguage) ?? 'English', '/targetLanguage');
      const from = given(body.sourceLanguage);
      const source = from === undefined ? undefined : languageOf(from, '/sourceLanguage');
      const { ask } = await asking(actor);
      const { content, usage, warnings } = await translated(body.message, { target, source }, ask);
      return { success: true, content, usage, language: target, ...(warnings.length > 0 && { warnings }) };
    },

    /** @throws Failure VALIDATION_ERROR, PROFILE_NOT_FOUND */
    async usage(
      actor: Actor,
      query: { from?: string | undefined; to?: string | undefined; profileId?: string | undefined },
    ): Promise<UsageRow[]> {
      const now = clock.now();
      const to = query.to ?? dayOf(now);
      const from = query.from ?? dayOf(later(new Date(`${to}T00:00:00Z`), -usageDaysDefault * dayMs));
      const days = (Date.parse(to) - Date.parse(from)) / dayMs;
      if (!(days >= 0 && days <= usageDaysMax)) {
        const problem = `must be at most ${usageDaysMax} days before the last day`;
        throw new Failure('VALIDATION_ERROR', { details: [{ path: '/from', problem }] });
      }
      const profileId = await profileOf(db, actor, query.profileId || undefined);
      return budgets.usage(actor.organizationId, { from, to, profileId });
    },
  };
}

export type AiService = ReturnType<typeof createAiService>;

function problemsOfSchema(schema: Json) {
  const path = '/json';
  if (schema.type !== 'object') return [{ path, problem: 'must be a JSON Schema with the type object' }];
  return JSON.stringify(schema).length > schemaBytesMax
    ? [{ path, problem: `must not be longer than ${schemaBytesMax} characters` }]
    : [];
}
