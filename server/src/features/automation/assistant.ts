import type { Json } from '../../platform/db/json-column.ts';

/** On whose behalf a language model is asked, and for whom. */
export interface AskedFor {
  readonly organizationId: string;
  readonly profileId: string;
  /** The chat as `<digits>@c.us` or a group's id. */
  readonly chat: string;
  readonly conversationId: string | null;
  /** Our id of the message that is answered; null where none is. */
  readonly messageId: string | null;
  /** Null: a reply hook of the profile asks. */
  readonly automationId: string | null;
  /** When it was said; null where nothing is answered. */
  readonly saidAt: Date | null;
  /** Whether the message mentions the profile, or everybody. */
  readonly mentionsUs: boolean;
  /** The same when a question that was cut off is asked again. */
  readonly key: string;
}

/** What a language model is asked; `ask` names who of the port answers. */
export type Question =
  | {
      readonly ask: 'reply';
      /** What the person said. */
      readonly text: string;
      readonly systemPrompt: string | null;
      /** What a reply hook is configured with (`apiKey`, `model`, `systemPrompt`, `maxTokens`); null: what the organisation has. */
      readonly provider: Json | null;
    }
  | {
      readonly ask: 'classify';
      readonly text: string;
      readonly labels: readonly string[];
      readonly systemPrompt: string | null;
    }
  | {
      readonly ask: 'extract';
      readonly text: string;
      readonly fields: readonly { readonly name: string; readonly description: string | null }[];
      readonly systemPrompt: string | null;
    }
  | { readonly ask: 'sentiment'; readonly text: string };
type About<Ask extends Question['ask']> = Question & { readonly ask: Ask };

/** A question that was not answered: a code of the catalogue and a sentence. The step goes on at `error`. */
export interface NotAnswered {
  readonly code: string;
  readonly error: string;
}

/** What a person is told, if anything is; `handoff` leaves the conversation to people. */
export interface ReplyOfModel {
  readonly action: 'answer' | 'ask' | 'handoff' | 'refuse';
  readonly text: string | null;
  /** What the text stands on. */
  readonly citations?: readonly Json[];
}

export interface MoodOfModel {
  readonly sentiment: 'positive' | 'negative' | 'neutral';
  readonly confidence: number;
}

/**
 * The language model as automations know it. Each call is made outside of any transaction, may be made again after a crash
 * with the same `key`, and answers within a minute; it does not throw for what the model or its server do.
 */
export interface Assistant {
  /** Answers what a person said. */
  reply(of: AskedFor, question: About<'reply'>): Promise<ReplyOfModel | NotAnswered>;
  /** One of the labels given; null when none fits. */
  classify(of: AskedFor, question: About<'classify'>): Promise<{ label: string | null } | NotAnswered>;
  /** Values by the names of the fields; what was not said is left out. */
  extract(
    of: AskedFor,
    question: About<'extract'>,
  ): Promise<{ values: Readonly<Record<string, string>> } | NotAnswered>;
  /** The mood of what a person said, and how sure that is, from 0 to 1. */
  sentiment(of: AskedFor, question: About<'sentiment'>): Promise<MoodOfModel | NotAnswered>;
}
