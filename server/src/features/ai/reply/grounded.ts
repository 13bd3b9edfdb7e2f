import { randomBytes } from 'node:crypto';
import type { Clock } from '../../../platform/clock.ts';
import type { Models, TokenUsage, Turn } from '../client/models.ts';
import type { Provider } from '../provider/provider.ts';
import { type Action, type Draft, faultsOf, readDraft } from './checks.ts';
import { handOverWordIn } from './hand-over-words.ts';
import { languageOf, phrasesFor } from './language.ts';
import { fenced, type SourceText, shape, systemPrompt } from './prompt.ts';
import type { ReplySettings } from './settings.ts';

/** A piece of a document of a profile. */
export interface Chunk {
  readonly documentId: string;
  readonly documentName: string;
  readonly chunkId: string;
  readonly text: string;
}

/** Looks into the knowledge of a profile. `support` says how much of the query it covers, 0 to 1. */
export type SearchKnowledge = (
  organizationId: string,
  profileId: string,
  query: string,
  options: { limit: number },
) => Promise<{ chunks: Chunk[]; support: number }>;

export interface Citation {
  readonly documentId: string;
  readonly documentName: string;
  readonly chunkId: string;
  readonly quote: string;
}

/** Why an answer is none. */
export type Reason = 'HAND_OVER_WORD' | 'NO_SUPPORT' | 'MODEL_HANDS_OVER' | 'MODEL_REFUSES' | 'NOT_GROUNDED';

export interface Grounded {
  readonly action: Action;
  readonly text: string;
  readonly citations: readonly Citation[];
  readonly support: number;
  readonly language: string | null;
  readonly reason?: Reason;
  /** What is wrong with the text; such a text is for colleagues only. */
  readonly warnings: readonly string[];
  readonly usage: TokenUsage;
  readonly isAngry: boolean;
}

export interface ToAnswer {
  readonly organizationId: string;
  /** Absent: there is no knowledge to answer from. */
  readonly profileId?: string | undefined;
  readonly conversationId?: string | undefined;
  readonly message: string;
  /** What was said before, oldest first. */
  readonly history: readonly Turn[];
  readonly settings: ReplySettings;
  readonly customerName?: string | undefined;
  readonly customPrompt?: string | undefined;
  readonly timeZone: string;
  /** In place of the organisation's. */
  readonly provider?: Provider | undefined;
  readonly maxTokens?: number | undefined;
}

const chunksMax = 8;
const charactersOfSources = 6_000;
const turnsMax = 6;
const turnLength = 2_000;
const messageLength = 4_000;
const shortWords = 4;
const quoteLength = 300;
const tokensMax = 500;
const questionMs = 20_000;
const nothing: TokenUsage = { promptTokens: 0, completionTokens: 0, totalTokens: 0 };

/** Answers from knowledge or not at all. */
export type AnswerGrounded = (of: ToAnswer) => Promise<Grounded>;

/**
 * The one way to an answer for a customer: hand-over words, knowledge, one question to the model and one repair, and checks
 * by code that no text of a customer or a document can change. The model has no tools.
 * Failures are those of the question.
 */
export function createGrounded(deps: {
  clock: Clock;
  models: Pick<Models, 'ask'>;
  search: SearchKnowledge;
}): AnswerGrounded {
  const { clock, models } = deps;

  return async (of) => {
    const { settings, history, profileId } = of;
    const message = of.message.slice(0, messageLength).toWellFormed();
    const without = {
      citations: [],
      warnings: [],
      usage: nothing,
      isAngry: false,
      support: 0,
      language: null,
    };
    if (handOverWordIn(message, settings.handoffWords) !== undefined) {
      return { ...without, action: 'handoff', text: '', reason: 'HAND_OVER_WORD' };
    }
    const found = profileId
      ? await deps.search(of.organizationId, profileId, queryOf(message, history), { limit: chunksMax })
      : undefined;
    const support = found?.support ?? 0;
    const wanted = settings.language === 'customer' ? undefined : settings.language;
    if (found && (support < settings.minSupport || found.chunks.length === 0)) {
      return { ...without, ...(await unknown(settings, message, wanted)), support, reason: 'NO_SUPPORT' };
    }
    const chunks = within(found?.chunks ?? []);
    const sources = chunks.map(({ documentName, text }, index): SourceText => {
      return { id: String(index + 1), title: documentName, text };
    });
    const fence = `=== ${randomBytes(12).toString('hex')} ===`;
    const rules = systemPrompt({ ...of, now: clock.now(), hasKnowledge: found !== undefined });
    const said = history
      .slice(-turnsMax)
      .map(({ role, text }) => ({ role, text: text.slice(0, turnLength) }));
    const checking = {
      ...{
        sources: new Map(sources.map(({ id, title, text }) => [id, `${title}\n${text}`])),
        fence,
        system: rules,
      },
      ...{ needsCitation: found !== undefined, said: message, language: wanted },
      known: [
        ...[
          message,
          ...history.map(({ text }) => text),
          settings.facts ?? '',
          settings.scope ?? '',
          settings.businessName ?? '',
        ],
        ...[of.customPrompt ?? '', of.customerName ?? ''],
      ],
    };

    async function ask(
      more: string,
    ): Promise<{ draft: Draft | undefined; faults: string[]; usage: TokenUsage }> {
      const system = [rules, ...(sources.length > 0 ? [fenced(sources, fence)] : []), more]
        .filter(Boolean)
        .join('\n\n');
      const { json, text, usage } = await models.ask(
        of.organizationId,
        {
          ...{
            purpose: 'reply',
            profileId,
            conversationId: of.conversationId,
            system,
            json: shape,
            temperature: 0.2,
          },
          turns: [...said, { role: 'user', text: message }],
          maxTokens: of.maxTokens ?? tokensMax,
          deadlineMs: questionMs,
        },
        of.provider,
      );
      const draft = readDraft(json, text);
      const faults = draft
        ? await faultsOf(draft, checking)
        : ['it is not an object of the shape that was asked for'];
      return { draft, faults, usage };
    }

    const first = await ask('');
    let { draft, faults, usage } = first;
    if (faults.length > 0) {
      const again = await ask(
        `Your last answer can not be used: ${faults.slice(0, 8).join('; ')}. Answer anew and keep to the rules.`,
      );
      ({ draft, faults } = again);
      usage = sum(first.usage, again.usage);
    }
    const language = draft?.language ?? (await languageOf(message)) ?? null;
    const common = { support, language, usage, isAngry: draft?.isAngry ?? false };
    if (draft?.action === 'handoff' || draft?.action === 'refuse') {
      const isHandOff = draft.action === 'handoff';
      const reply = isHandOff
        ? { action: 'handoff' as const, text: '' }
        : await unknown(settings, message, wanted);
      const reason = isHandOff ? ('MODEL_HANDS_OVER' as const) : ('MODEL_REFUSES' as const);
      return { ...common, ...reply, citations: [], warnings: [], reason };
    }
    const citations = (draft?.citations ?? []).flatMap((id): Citation[] => {
      const chunk = chunks[Number(id) - 1];
      if (!chunk) return [];
      const { documentId, documentName, chunkId, text } = chunk;
      return [{ documentId, documentName, chunkId, quote: text.slice(0, quoteLength).toWellFormed() }];
    });
    if (!draft || faults.length > 0) {
      return {
        ...{ ...common, action: 'refuse', text: draft?.text ?? '', citations, warnings: faults },
        reason: 'NOT_GROUNDED',
      };
    }
    return { ...common, action: draft.action, text: draft.text, citations, warnings: [] };
  };
}

/** A short message means what was said before, too. */
function queryOf(message: string, history: readonly Turn[]): string {
  const words = message.match(/[\p{L}\p{N}]+/gu)?.length ?? 0;
  if (words >= shortWords) return message;
  const before = history.filter(({ role }) => role === 'user').slice(-2);
  return [...before.map(({ text }) => text.slice(0, turnLength)), message].join('\n');
}

/** As many pieces as fit, the best first. */
function within(chunks: readonly Chunk[]): Chunk[] {
  let left = charactersOfSources;
  return chunks.filter(({ text }) => {
    left -= text.length;
    return left >= 0;
  });
}

async function unknown(settings: ReplySettings, message: string, wanted: string | undefined) {
  if (settings.unknown === 'handoff') return { action: 'handoff' as const, text: '' };
  const text = settings.refusal ?? (await phrasesFor(message, wanted)).unknown;
  return { action: 'refuse' as const, text };
}

function sum(a: TokenUsage, b: TokenUsage): TokenUsage {
  return {
    promptTokens: a.promptTokens + b.promptTokens,
    completionTokens: a.completionTokens + b.completionTokens,
    totalTokens: a.totalTokens + b.totalTokens,
  };
}
