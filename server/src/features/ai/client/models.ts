import type { Clock } from '../../../platform/clock.ts';
import type { Json } from '../../../platform/db/json-column.ts';
import { Failure } from '../../../platform/failures.ts';
import type { Outbound } from '../../../platform/outbound/outbound.ts';
import type { JsonMode, Provider } from '../provider/provider.ts';
import { withOneRetry } from './attempt.ts';
import { createBreaker } from './breaker.ts';
import type { Budgets, CallAbout } from './budgets.ts';
import { estimateTokens } from './estimate.ts';
import { guardedFetch } from './guarded-fetch.ts';
import { type AnswerShape, readJsonAnswer, shapeInWords } from './json-answer.ts';
import { modelsOf } from './sdk.ts';
import { createSlots } from './slots.ts';
import { failureOf, ProviderTrouble } from './trouble.ts';

export interface Turn {
  readonly role: 'user' | 'assistant';
  readonly text: string;
}

/** A question to a language model. */
export interface Ask {
  /** What is counted together. */
  readonly purpose: string;
  readonly profileId?: string | undefined;
  readonly conversationId?: string | undefined;
  readonly system?: string | undefined;
  readonly turns: readonly Turn[];
  /** The organisation's own unless said. */
  readonly model?: string | undefined;
  /** At most the organisation's ceiling. */
  readonly maxTokens?: number | undefined;
  readonly temperature?: number | undefined;
  /** The answer must be an object of this shape; whether it fits is for the caller to see. */
  readonly json?: AnswerShape | undefined;
  readonly deadlineMs?: number | undefined;
}

export interface TokenUsage {
  readonly promptTokens: number;
  readonly completionTokens: number;
  readonly totalTokens: number;
}

export interface Answered {
  readonly text: string;
  /** Of an answer that was to be an object; undefined when it is none. */
  readonly json: Json | undefined;
  readonly usage: TokenUsage;
  /** The provider did not tell. */
  readonly estimated: boolean;
  /** The answer broke off at the most tokens that were allowed. */
  readonly isCut: boolean;
  readonly model: string;
}

/** Vectors of unit length in the order of their texts. */
export interface Embedded {
  readonly vectors: Float32Array[];
  readonly model: string;
  readonly dimensions: number;
}

/** What knowledge needs of a language model. */
export interface Embedder {
  /** The model that makes vectors now; undefined when there is none. */
  embeddingModel(organizationId: string): Promise<string | undefined>;
  /**
   * Of 64 texts at most.
   * @throws Failure AI_NOT_CONFIGURED, AI_UNAVAILABLE, AI_REFUSED, AI_LIMIT_REACHED or RATE_LIMITED
   */
  embed(
    organizationId: string,
    texts: readonly string[],
    options: { deadlineMs: number; profileId?: string; purpose?: 'query' | 'ingest' },
  ): Promise<Embedded>;
}

/** The language models of organisations. Every call has a deadline, a ceiling and a budget. */
export interface Models extends Embedder {
  /** @throws Failure AI_NOT_CONFIGURED */
  providerOf(organizationId: string): Promise<Provider>;
  /**
   * `instead` of the organisation's provider.
   * @throws Failure AI_NOT_CONFIGURED, AI_UNAVAILABLE, AI_REFUSED, AI_LIMIT_REACHED or RATE_LIMITED
   */
  ask(organizationId: string, ask: Ask, instead?: Provider): Promise<Answered>;
  /** The same with a provider that is not saved; nothing is counted. @throws ProviderTrouble */
  tryOut(provider: Provider, ask: Ask): Promise<Answered>;
  /** How long the vectors of its embedding model are. @throws ProviderTrouble */
  tryEmbedding(provider: Provider): Promise<number>;
  /** Whether it is left alone now. */
  isResting(organizationId: string, provider: Provider): boolean;
}

interface Result {
  tokensIn: number | undefined;
  tokensOut: number | undefined;
}

/** What a message needs beside its words. */
const turnTokens = 8;
const tokensMax = 100_000_000;

export function createModels(deps: {
  clock: Clock;
  outbound: Pick<Outbound, 'request'>;
  budgets: Budgets;
  find(organizationId: string): Promise<Provider | undefined>;
}): Models {
  const { budgets } = deps;
  const breaker = createBreaker(deps.clock);
  const slots = createSlots();
  const breakerKey = (organizationId: string, { baseUrl }: Provider) => `${organizationId} ${baseUrl}`;
  /** What a server was found to take, where its settings say more. */
  const refusedModes = new Map<string, JsonMode>();

  async function providerOf(organizationId: string): Promise<Provider> {
    const provider = await deps.find(organizationId);
    if (!provider) throw new Failure('AI_NOT_CONFIGURED');
    return provider;
  }

  /** One call with all that belongs to it. */
  async function guarded<T extends Result>(
    provider: Provider,
    about: CallAbout,
    most: { tokensIn: number; tokensOut: number },
    deadlineMs: number,
    work: (leftMs: () => number) => Promise<T>,
  ): Promise<T & { estimated: boolean }> {
    const key = breakerKey(about.organizationId, provider);
    const waitMs = breaker.waitMs(key);
    if (waitMs !== undefined) {
      throw new Failure('AI_UNAVAILABLE', {
        says: 'The language model failed several times in a row and is not asked for a moment.',
        retryAfterSeconds: waitMs / 1_000,
      });
    }
    let isDecided = false;
    try {
      const release = await slots.take(about.organizationId, provider.concurrent);
      try {
        const reserved = await budgets.reserve(provider, about, most);
        const leftMs = countdown(deadlineMs);
        const elapsed = () => Math.round(deadlineMs - leftMs());
        try {
          const result = await withOneRetry(() => work(leftMs), leftMs);
          const estimated = result.tokensIn === undefined || result.tokensOut === undefined;
          const tokens = { tokensIn: result.tokensIn ?? most.tokensIn, tokensOut: result.tokensOut ?? 0 };
          breaker.succeeded(key);
          isDecided = true;
          await budgets.settle(provider, about, reserved, {
            ...{ ...tokens, estimated, ms: elapsed(), outcome: 'ok' },
          });
          return { ...result, estimated };
        } catch (error) {
          if (isDecided) throw error;
          const trouble = error instanceof ProviderTrouble ? error : undefined;
          if (trouble && trouble.outcome !== 'target') {
            if (trouble.isOfProvider) breaker.failed(key);
            else breaker.succeeded(key);
            isDecided = true;
          }
          await budgets.settle(provider, about, reserved, {
            ...{
              tokensIn: trouble?.mayCost ? most.tokensIn : 0,
              tokensOut: 0,
              estimated: trouble?.mayCost === true,
            },
            ...{ ms: elapsed(), outcome: trouble?.outcome ?? 'unreadable' },
          });
          throw trouble ? failureOf(trouble) : error;
        }
      } finally {
        release();
      }
    } finally {
      if (!isDecided) breaker.left(key);
    }
  }

  /** Asks in the way the server was last found to take. */
  async function once(provider: Provider, ask: Ask, leftMs: () => number) {
    const modeKey = `${provider.baseUrl} ${ask.model ?? provider.chatModel}`;
    const jsonMode = refusedModes.get(modeKey) ?? provider.jsonMode;
    try {
      return await chat({ ...provider, jsonMode }, ask, leftMs);
    } catch (error) {
      const isRefused = error instanceof ProviderTrouble && error.outcome === 'refused' && ask.json;
      if (!isRefused || jsonMode === 'text' || !/response_format|json|schema/i.test(error.said ?? ''))
        throw error;
      const simpler = jsonMode === 'schema' ? 'object' : 'text';
      if (refusedModes.size > 1_000) refusedModes.clear();
      refusedModes.set(modeKey, simpler);
      return once(provider, ask, leftMs);
    }
  }

  async function ask(organizationId: string, asked: Ask, instead?: Provider): Promise<Answered> {
    const provider = instead ?? (await providerOf(organizationId));
    const model = asked.model ?? provider.chatModel;
    const { purpose, profileId, conversationId } = asked;
    const maxTokens = Math.min(asked.maxTokens ?? provider.maxOutputTokens, provider.maxOutputTokens);
    const tokensIn = tokensOf(asked);
    const {
      answer,
      tokensIn: told,
      tokensOut,
      estimated,
    } = await guarded(
      provider,
      { organizationId, profileId, conversationId, purpose, model },
      { tokensIn, tokensOut: maxTokens },
      Math.min(asked.deadlineMs ?? provider.timeoutMs, provider.timeoutMs),
      async (leftMs) => {
        const one = await once(provider, { ...asked, model, maxTokens }, leftMs);
        // What can't be told is taken from what there is.
        return {
          ...one,
          tokensOut:
            one.tokensOut ?? (one.tokensIn === undefined ? undefined : estimateTokens(one.answer.text)),
        };
      },
    );
    return answered(asked, { answer, tokensIn: told ?? tokensIn, tokensOut }, estimated, model);
  }

  return {
    providerOf,
    ask,

    async tryOut(provider, asked) {
      const leftMs = countdown(provider.timeoutMs);
      const model = asked.model ?? provider.chatModel;
      const one = await withOneRetry(() => chat(provider, { ...asked, model }, leftMs), leftMs);
      const isTold = one.tokensIn !== undefined && one.tokensOut !== undefined;
      return answered(asked, { ...one, tokensIn: one.tokensIn ?? tokensOf(asked) }, !isTold, model);
    },

    async tryEmbedding(provider) {
      const leftMs = countdown(provider.timeoutMs);
      const work = () => embedded(provider, provider.embeddingModel ?? '', ['bread'], leftMs);
      const { vectors } = await withOneRetry(work, leftMs);
      return vectors[0]?.length ?? 0;
    },

    isResting: (organizationId, provider) => breaker.isOpen(breakerKey(organizationId, provider)),

    async embeddingModel(organizationId) {
      return (await deps.find(organizationId))?.embeddingModel ?? undefined;
    },

    async embed(organizationId, texts, { deadlineMs, profileId, purpose = 'query' }) {
      const provider = await providerOf(organizationId);
      const model = provider.embeddingModel;
      if (model === null) {
        throw new Failure('AI_NOT_CONFIGURED', { says: 'No model that makes vectors is configured.' });
      }
      const tokensIn = texts.reduce((sum, text) => sum + estimateTokens(text), 0);
      const { vectors } = await guarded(
        provider,
        { organizationId, profileId, purpose: purpose === 'query' ? 'search' : 'ingest', model },
        { tokensIn, tokensOut: 0 },
        Math.min(deadlineMs, provider.timeoutMs),
        (leftMs) => embedded(provider, model, texts, leftMs),
      );
      return { vectors, model, dimensions: vectors[0]?.length ?? 0 };
    },
  };

  async function chat(
    provider: Provider,
    { json, ...asked }: Ask & { model?: string | undefined },
    leftMs: () => number,
  ) {
    const models = await modelsOf(provider, guardedFetch(deps.outbound, { leftMs, secret: provider.apiKey }));
    const system = `${asked.system ?? ''}${json ? shapeInWords(json, provider.jsonMode) : ''}`;
    const { content, finishReason, usage } = await models
      .chatModel(asked.model ?? provider.chatModel)
      .doGenerate({
        prompt: [
          ...(system ? [{ role: 'system' as const, content: system }] : []),
          ...asked.turns.map(({ role, text }) => ({ role, content: [{ type: 'text' as const, text }] })),
        ],
        ...(asked.maxTokens !== undefined && { maxOutputTokens: asked.maxTokens }),
        ...(asked.temperature !== undefined && { temperature: asked.temperature }),
        ...(json &&
          provider.jsonMode !== 'text' && {
            responseFormat: {
              type: 'json' as const,
              ...(provider.jsonMode === 'schema' && { schema: json.schema, name: json.name }),
            },
          }),
      });
    if (finishReason.unified === 'content-filter') throw new ProviderTrouble('refused');
    const text = content
      .map((part) => (part.type === 'text' ? part.text : ''))
      .join('')
      .toWellFormed();
    if (text.trim() === '') throw new ProviderTrouble('unreadable');
    return {
      answer: { text, isCut: finishReason.unified === 'length' },
      tokensIn: sane(usage.inputTokens.total),
      tokensOut: sane(usage.outputTokens.total),
    };
  }

  async function embedded(provider: Provider, model: string, texts: readonly string[], leftMs: () => number) {
    const models = await modelsOf(provider, guardedFetch(deps.outbound, { leftMs, secret: provider.apiKey }));
    const { embeddings, usage } = await models.embeddingModel(model).doEmbed({ values: [...texts] });
    const length = embeddings[0]?.length ?? 0;
    const isWhole = embeddings.length === texts.length && embeddings.every((one) => one.length === length);
    const vectors = isWhole && length > 0 ? embeddings.map(unit) : undefined;
    if (!vectors?.every((one) => one !== undefined)) throw new ProviderTrouble('unreadable');
    return { vectors, tokensIn: sane(usage?.tokens), tokensOut: 0 };
  }
}

/** How much is left of a time that begins now. */
function countdown(ms: number): () => number {
  const startedAt = performance.now();
  return () => ms - (performance.now() - startedAt);
}

/** Whatever a provider tells, it is only believed when it can be. */
const sane = (count: number | undefined) =>
  count !== undefined && Number.isInteger(count) && count >= 0 && count <= tokensMax ? count : undefined;

function tokensOf({ system = '', turns, json }: Ask): number {
  const parts = [system, ...turns.map(({ text }) => text), json ? JSON.stringify(json.schema) : ''];
  return parts.reduce((sum, part) => sum + (part ? estimateTokens(part) + turnTokens : 0), 0);
}

function answered(
  asked: Ask,
  {
    answer,
    tokensIn,
    tokensOut,
  }: { answer: { text: string; isCut: boolean }; tokensIn: number; tokensOut: number | undefined },
  estimated: boolean,
  model: string,
): Answered {
  const completionTokens = tokensOut ?? estimateTokens(answer.text);
  return {
    ...{ ...answer, json: asked.json && readJsonAnswer(answer.text), estimated, model },
    usage: { promptTokens: tokensIn, completionTokens, totalTokens: tokensIn + completionTokens },
  };
}

/** The vector with the length 1; undefined for one that has no direction. */
function unit(vector: readonly number[]): Float32Array | undefined {
  const length = Math.hypot(...vector);
  if (!Number.isFinite(length) || length === 0) return undefined;
  return Float32Array.from(vector, (one) => one / length);
}
