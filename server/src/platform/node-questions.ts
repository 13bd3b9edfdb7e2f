import type { Db } from './db/transaction.ts';
import { Failure, type FailureCode, type Problem } from './failures.ts';
import type { Feature } from './feature.ts';
import { newId } from './ids.ts';
import type { Log } from './log.ts';
import { createQuestionStore } from './node-questions.store.ts';
import type { NodeTalk } from './node-talk.ts';

/** How long an answer is waited for. */
const answerMsMax = 50_000;
/** Nudges may be lost, and profiles move: so often it is looked, and asked again. */
const lookMs = 500;

/** Who answers what is asked about profiles that this node has. */
interface Answerer {
  /** Whether this node has the profile. */
  has(profileId: string): boolean;
  /** @throws Failure, which the asker gets */
  answer(profileId: string, question: unknown): Promise<unknown>;
}

type Told =
  | { value: unknown }
  | {
      failure: { code: FailureCode; says: string; details?: readonly Problem[]; retryAfterSeconds?: number };
    };

/**
 * Questions to the node that has a profile, wherever that is: what needs the profile's connection can be asked of any node.
 * Questions and answers are JSON.
 */
export interface NodeQuestions {
  answers(topic: string, answerer: Answerer): void;
  /**
   * @throws Failure as the other node failed; UNAVAILABLE when none answered in time, in words that tell whether it may
   * have been done
   */
  ask(topic: string, profileId: string, question: unknown): Promise<unknown>;
  /** A word of another node: about a question, or that one is answered. */
  asked(id: string): void;
  answered(id: string): void;
  readonly feature: Feature;
}

export function createNodeQuestions(deps: {
  db: Db;
  log: Log;
  tell: NodeTalk['tell'];
  /** For tests. */
  answerMsMax?: number;
}): NodeQuestions {
  const { log } = deps;
  const store = createQuestionStore(deps.db);
  const answerers = new Map<string, Answerer>();
  const waiting = new Map<string, () => void>();
  const underWay = new Set<Promise<void>>();

  async function takeUp(topic: string, profileId: string, id: string): Promise<void> {
    const answerer = answerers.get(topic);
    if (!answerer?.has(profileId)) return;
    const taken = await store.take(id);
    if (!taken) return;
    const answer = await told(() => answerer.answer(profileId, JSON.parse(taken.question)));
    await store.answer(id, JSON.stringify(answer));
    deps.tell('answered', id);
    waiting.get(id)?.();
  }

  async function told(answer: () => Promise<unknown>): Promise<Told> {
    try {
      return { value: await answer() };
    } catch (error) {
      if (!(error instanceof Failure)) {
        log.error({ err: error }, 'a question of another node could not be answered');
        return { failure: { code: 'INTERNAL_ERROR', says: new Failure('INTERNAL_ERROR').message } };
      }
      const { code, message: says, details, retryAfterSeconds } = error;
      return {
        failure: { code, says, ...(details && { details }), ...(retryAfterSeconds && { retryAfterSeconds }) },
      };
    }
  }

  function work(words: string): void {
    const [topic = '', profileId = '', id = ''] = words.split('/');
    const job = takeUp(topic, profileId, id)
      .catch((error: unknown) => log.warn({ err: error }, 'a question of a node could not be taken up'))
      .finally(() => underWay.delete(job));
    underWay.add(job);
  }

  /** Until the next nudge, or a moment. */
  function nudged(id: string): Promise<void> {
    return new Promise((resolve) => {
      const timer = setTimeout(resolve, lookMs);
      waiting.set(id, () => {
        clearTimeout(timer);
        resolve();
      });
    });
  }

  async function answerTo(id: string, words: string): Promise<Told> {
    const endMs = performance.now() + (deps.answerMsMax ?? answerMsMax);
    for (;;) {
      const nudge = nudged(id);
      const found = await store.look(id);
      // The table is empty after the database has crashed.
      if (!found) throw unknownEnd();
      if (found.answer !== null) return JSON.parse(found.answer) as Told;
      if (performance.now() >= endMs) throw (await store.withdraw(id)) ? gone() : unknownEnd();
      if (!found.taken) {
        deps.tell('question', words);
        // Perhaps the profile has come here meanwhile.
        work(words);
      }
      await nudge;
    }
  }

  return {
    answers: (topic, answerer) => void answerers.set(topic, answerer),
    async ask(topic, profileId, question) {
      const id = newId();
      try {
        await store.insert({ id, topic, profileId, question: JSON.stringify(question) });
        const answer = await answerTo(id, `${topic}/${profileId}/${id}`);
        if ('value' in answer) return answer.value;
        const { code, ...more } = answer.failure;
        throw new Failure(code, more);
      } finally {
        waiting.delete(id);
        await store.remove(id).catch(() => undefined);
      }
    },
    asked: work,
    answered: (id) => waiting.get(id)?.(),
    feature: {
      name: 'node-questions',
      keeps: { withheld: { node_questions: 'what servers ask each other, for the seconds that takes' } },
      async stop() {
        await Promise.allSettled([...underWay]);
      },
    },
  };
}

const gone = () =>
  new Failure('UNAVAILABLE', {
    says: 'The server that has this profile did not take the request up. Nothing was done: try again.',
  });
const unknownEnd = () =>
  new Failure('UNAVAILABLE', {
    says: 'The server that has this profile gave no answer in time. It may have been done: look before you repeat it.',
  });
