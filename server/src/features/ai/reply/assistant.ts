import { setTimeout as pause } from 'node:timers/promises';
import { type Clock, minuteMs } from '../../../platform/clock.ts';
import type { Json } from '../../../platform/db/json-column.ts';
import { type Db, inTransaction } from '../../../platform/db/transaction.ts';
import type { EventRecorder } from '../../../platform/events/record.ts';
import { Failure } from '../../../platform/failures.ts';
import { newId } from '../../../platform/ids.ts';
import { shownIn } from '../../../platform/time-zone.ts';
import { aiSuggestion } from '../ai.events.ts';
import type { Models } from '../client/models.ts';
import { defaults, openAiUrl, type Provider } from '../provider/provider.ts';
import type { AskedFor } from './asked-for.ts';
import { classified, extracted, moodOf } from './choices.ts';
import type { AnswerGrounded, Grounded } from './grounded.ts';
import type { History } from './history.ts';
import { phrasesFor } from './language.ts';
import type { ReplyStore } from './reply.store.ts';
import type { ReplySettings } from './settings.ts';

interface NotAnswered {
  readonly code: string;
  readonly error: string;
}
interface Reply {
  readonly action: 'answer' | 'ask' | 'handoff' | 'refuse';
  readonly text: string | null;
  /** What the text stands on. */
  readonly citations?: readonly Json[];
}

const hookModel = 'gpt-3.5-turbo';
const angryMax = 2;
/** Nobody waits any more for the answer to what was said longer ago. */
const freshMs = 10 * minuteMs;
const silent: Reply = { action: 'answer', text: null };

/** The language model as automations know it: it may be asked again with the same key, and throws for nothing of the model's. */
export function createAssistant(deps: {
  db: Db;
  clock: Clock;
  events: Pick<EventRecorder, 'record'>;
  models: Models;
  store: ReplyStore;
  answer: AnswerGrounded;
  history: History;
}) {
  const { clock, models, store } = deps;

  async function reply(
    of: AskedFor,
    question: { text: string; systemPrompt: string | null; provider: Json | null },
  ): Promise<Reply | NotAnswered> {
    const { organizationId, profileId } = of;
    const settings = await store.settingsOf(profileId);
    const refused = mayNot(settings, of);
    if (refused) return refused;
    if (!isWanted(of, clock.now())) return silent;
    const past = () =>
      of.conversationId
        ? deps.history({ organizationId }, of.conversationId, of.messageId ?? undefined)
        : { turns: [], isOvertaken: false };
    // Whoever writes three lines means one question: the last of them is answered.
    if (settings.debounceSeconds > 0 && of.messageId) await pause(settings.debounceSeconds * 1_000);
    const { turns, isOvertaken } = await past();
    if (isOvertaken) return silent;
    const timeZone = await store.timeZoneOf(organizationId);
    const day = shownIn(clock.now(), timeZone).slice(0, 10);
    const turn = await store.takeTurn({ ...of, day });
    if (turn.turns > settings.turnsPerDay) return { action: 'handoff', text: null };
    const { systemPrompt, provider } = hookOf(question);
    const answer = await deps.answer({
      ...{
        organizationId,
        profileId,
        conversationId: of.conversationId ?? undefined,
        message: question.text,
      },
      ...{ history: turns, settings, customPrompt: systemPrompt, timeZone },
      provider: provider ? await providerOfHook(organizationId, provider) : undefined,
      maxTokens: typeof provider?.maxTokens === 'number' ? provider.maxTokens : undefined,
    });
    const isTooAngry = (await store.setAngry({ ...of, day }, answer.isAngry)) >= angryMax;
    const isHandOff = isTooAngry || answer.action === 'handoff';
    const mayBeSent = settings.mode === 'send' && answer.warnings.length === 0;
    await keep(of, answer, { sent: mayBeSent && !isHandOff });
    if (isHandOff) return { action: 'handoff', text: null };
    if (settings.mode !== 'send') return silent;
    const phrases = await phrasesFor(
      question.text,
      settings.language === 'customer' ? undefined : settings.language,
    );
    // What failed its checks never reaches a customer.
    if (!mayBeSent && settings.unknown === 'handoff') return { action: 'handoff', text: null };
    const text = mayBeSent ? answer.text : (settings.refusal ?? phrases.unknown);
    const citations = mayBeSent ? answer.citations.map((one) => ({ ...one })) : [];
    const isFirst = turn.turns === 1 && settings.disclose;
    return { action: answer.action, text: isFirst ? `${phrases.machine}\n\n${text}` : text, citations };
  }

  /** A reply hook may have a key of its own. */
  async function providerOfHook(organizationId: string, config: Json): Promise<Provider | undefined> {
    const { apiKey, model, baseUrl } = config;
    const own = await models.providerOf(organizationId).catch(() => undefined);
    const named = typeof model === 'string' && model !== '' ? model : undefined;
    if (typeof apiKey !== 'string' || apiKey === '') return own && named ? { ...own, chatModel: named } : own;
    return {
      ...(own ?? defaults),
      ...{ apiKey, chatModel: named ?? hookModel, source: 'database' },
      baseUrl: typeof baseUrl === 'string' ? baseUrl.replace(/\/+$/, '') : openAiUrl,
    };
  }

  /** For colleagues: what was come up with, and what it stands on. */
  async function keep(of: AskedFor, answer: Grounded, { sent }: { sent: boolean }): Promise<void> {
    const { conversationId } = of;
    if (!conversationId) return;
    const id = newId();
    const now = clock.now();
    const { action, text, citations, support, warnings } = answer;
    await inTransaction(deps.db, async (tx) => {
      const isNew = await store.keep(tx, {
        ...{
          id,
          organization_id: of.organizationId,
          profile_id: of.profileId,
          conversation_id: conversationId,
        },
        ...{ message_id: of.messageId, key: of.key, action, content: text, citations: [...citations] },
        ...{ warnings: [...warnings], support, sent, created_at: now },
      });
      if (!isNew) return;
      await deps.events.record(tx, aiSuggestion, {
        ...{ organizationId: of.organizationId, profileId: of.profileId },
        body: {
          ...{ suggestionId: id, profileId: of.profileId, conversationId, messageId: of.messageId, action },
          ...{ content: text, citations: [...citations], warnings: [...warnings], support, sent },
          timestamp: now.toISOString(),
        },
      });
    });
  }

  const told = async <T>(work: () => Promise<T>): Promise<T | NotAnswered> => {
    try {
      return await work();
    } catch (error) {
      if (error instanceof Failure) return { code: error.code, error: error.message };
      throw error;
    }
  };

  return {
    /** Answers what a person said, as the profile wants it. */
    reply: (of: AskedFor, question: Parameters<typeof reply>[1]) => told(() => reply(of, question)),

    /** One of the labels; null when none fits. */
    classify: (
      of: AskedFor,
      question: { text: string; labels: readonly string[]; systemPrompt: string | null },
    ) => told(async () => ({ label: await classified(models, of, question) })),

    /** Values by the names of the fields, each of them words of the person. */
    extract: (
      of: AskedFor,
      question: {
        text: string;
        fields: readonly { name: string; description: string | null }[];
        systemPrompt: string | null;
      },
    ) => told(async () => ({ values: await extracted(models, of, question) })),

    /** The mood of what a person said. */
    sentiment: (of: AskedFor, { text }: { text: string }) => told(() => moodOf(models, of, text)),
  };
}

function mayNot(settings: ReplySettings, { chat }: AskedFor): NotAnswered | undefined {
  const code = 'AI_NOT_CONFIGURED';
  if (settings.mode === 'off' || (settings.mode === 'send' && !settings.scope)) {
    return {
      code,
      error: 'The language model is off for this profile: PUT /profiles/{id}/ai sets a mode and a scope.',
    };
  }
  if (chat.endsWith('@g.us') && !settings.groups) {
    return { code, error: 'The language model does not answer in groups for this profile.' };
  }
  return undefined;
}

/** In a group only whoever mentions us asks us. */
const isWanted = ({ chat, saidAt, mentionsUs }: AskedFor, now: Date): boolean =>
  (saidAt === null || now.getTime() - saidAt.getTime() <= freshMs) && (!chat.endsWith('@g.us') || mentionsUs);

function hookOf({ systemPrompt, provider }: { systemPrompt: string | null; provider: Json | null }) {
  const own = typeof provider?.systemPrompt === 'string' ? provider.systemPrompt : undefined;
  return { systemPrompt: systemPrompt ?? own ?? undefined, provider };
}
