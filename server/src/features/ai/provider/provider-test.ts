import type { Models } from '../client/models.ts';
import { ProviderTrouble, sentenceOf } from '../client/trouble.ts';
import type { AiTestedFields } from './provider.schema.ts';
import { type JsonMode, jsonModes, type Provider } from './provider.ts';

const shape = {
  name: 'colour',
  schema: {
    type: 'object',
    properties: { colour: { type: 'string', enum: ['blue'] } },
    required: ['colour'],
    additionalProperties: false,
  },
};
const said: Record<JsonMode, string> = {
  schema: 'and takes schemas',
  object: 'and takes that an answer is to be JSON',
  text: 'in words only',
};

/** Asks a provider a small question in each way until one is taken, and for a vector. What is wrong with it is an answer. */
export async function testProvider(
  models: Pick<Models, 'tryOut' | 'tryEmbedding'>,
  provider: Provider,
): Promise<AiTestedFields> {
  const startedAt = performance.now();
  const told = (more: Pick<AiTestedFields, 'success' | 'message' | 'code'> & Partial<AiTestedFields>) => ({
    ...{ jsonMode: null, embeddingDimensions: null },
    ...more,
    durationMs: Math.round(performance.now() - startedAt),
  });
  try {
    const jsonMode = await modeOf(models, provider);
    const embeddingDimensions = provider.embeddingModel ? await models.tryEmbedding(provider) : null;
    const vectors = embeddingDimensions ? `; ${provider.embeddingModel} makes vectors` : '';
    const message = `${provider.chatModel} answers, ${said[jsonMode]}${vectors}.`;
    return told({ success: true, code: null, message, jsonMode, embeddingDimensions });
  } catch (error) {
    if (!(error instanceof ProviderTrouble)) throw error;
    const message = [sentenceOf(error.outcome), error.said].filter(Boolean).join(' ');
    return told({ success: false, code: error.outcome, message });
  }
}

async function modeOf(models: Pick<Models, 'tryOut'>, provider: Provider): Promise<JsonMode> {
  const question = {
    ...{ purpose: 'test', maxTokens: 50, temperature: 0, json: shape },
    turns: [
      {
        role: 'user' as const,
        text: 'Which colour has a clear sky at noon? Answer as JSON: {"colour": "…"}.',
      },
    ],
  };
  for (const jsonMode of jsonModes) {
    try {
      const { json } = await models.tryOut({ ...provider, jsonMode }, question);
      if (json || jsonMode === 'text') return jsonMode;
    } catch (error) {
      const isRefused = error instanceof ProviderTrouble && error.outcome === 'refused';
      if (!isRefused || jsonMode === 'text') throw error;
    }
  }
  return 'text';
}
