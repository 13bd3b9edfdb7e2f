import { createHash } from 'node:crypto';
import { type Clock, dayMs } from '../../../platform/clock.ts';
import type { Answered, Ask } from '../client/models.ts';
import type { Provider } from '../provider/provider.ts';

const answersMax = 500;
const textMax = 16_384;

/**
 * Answers to equal questions, for a day, in this process only: texts of customers are not kept in the database for it. For
 * questions whose answer is meant to be the same each time.
 */
export function createAnswerCache(clock: Clock) {
  const answers = new Map<string, { until: number; answer: Answered }>();
  const keyOf = (organizationId: string, { baseUrl, chatModel, jsonMode }: Provider, ask: Ask) =>
    createHash('sha256')
      .update(JSON.stringify([organizationId, baseUrl, chatModel, jsonMode, ask]))
      .digest('base64');

  return {
    async of(
      organizationId: string,
      provider: Provider,
      ask: Ask,
      work: () => Promise<Answered>,
    ): Promise<Answered> {
      if (ask.temperature !== 0) return work();
      const key = keyOf(organizationId, provider, ask);
      const now = clock.now().getTime();
      const kept = answers.get(key);
      if (kept && kept.until > now) return kept.answer;
      const answer = await work();
      if (answer.text.length > textMax) return answer;
      answers.delete(key);
      answers.set(key, { until: now + dayMs, answer });
      const oldest = answers.keys().next();
      if (answers.size > answersMax && !oldest.done) answers.delete(oldest.value);
      return answer;
    },
    /** What was wrong with an answer is not repeated. */
    forget: (organizationId: string, provider: Provider, ask: Ask) =>
      void answers.delete(keyOf(organizationId, provider, ask)),
  };
}

export type AnswerCache = ReturnType<typeof createAnswerCache>;
