import { given } from '../../../http/schema.ts';
import type { Actor } from '../../../platform/actor.ts';
import { type AuditLog, differences } from '../../../platform/audit/record.ts';
import type { Clock } from '../../../platform/clock.ts';
import { type Db, inTransaction, type Tx } from '../../../platform/db/transaction.ts';
import { Failure, type Problem } from '../../../platform/failures.ts';
import { knowsProfile, profileOf } from '../../../platform/known-profiles.store.ts';
import type { Rate } from '../../../platform/rate.ts';
import { reachOf } from '../../../platform/reach.ts';
import type { Tenancy } from '../../../platform/tenancy.ts';
import type { Models, Turn } from '../client/models.ts';
import type { AnswerGrounded } from './grounded.ts';
import type { History } from './history.ts';
import type { AutoReplyFields, ReplySettingsFields } from './reply.schema.ts';
import type { ReplyStore, SuggestionRow } from './reply.store.ts';
import { type ReplySettings, replyDefaults } from './settings.ts';

const previousMax = 5;
const languageTag = /^(customer|[a-z]{2,3}(-[a-z0-9]{2,8})*)$/i;

/** Answers that are suggested on request, and how profiles are answered for. */
export function createReplyService(deps: {
  db: Db;
  clock: Clock;
  audit: AuditLog;
  store: ReplyStore;
  models: Pick<Models, 'providerOf'>;
  answer: AnswerGrounded;
  history: History;
  conversation(tenancy: Tenancy, id: string): Promise<{ id: string; profile_id: string } | undefined>;
  /** How often somebody may ask. */
  rate: Rate;
}) {
  const { db, clock, store } = deps;

  /** What is answered by itself is sent: it is no way around that permission. */
  async function assertMaySend(tx: Tx, actor: Actor, profileId: string): Promise<void> {
    const reach = reachOf(actor, 'message:send');
    if (reach && (await knowsProfile(tx, { organizationId: actor.organizationId, reach }, profileId))) return;
    throw new Failure('PERMISSION_DENIED', {
      says: 'Its answers are sent: it needs the permission message:send for its profile, which you lack.',
    });
  }

  /** A conversation that the caller may read. @throws Failure CONVERSATION_NOT_FOUND */
  async function conversationOf(actor: Actor, id: string) {
    const reach = reachOf(actor, 'message:read');
    const row = reach && (await deps.conversation({ organizationId: actor.organizationId, reach }, id));
    if (!row) throw new Failure('CONVERSATION_NOT_FOUND');
    return row;
  }

  return {
    /** @throws Failure PROFILE_NOT_FOUND */
    async settings(actor: Actor, id: string): Promise<ReplySettings> {
      return store.settingsOf(await profileOf(db, actor, id));
    },

    /** @throws Failure PROFILE_NOT_FOUND, VALIDATION_ERROR, PERMISSION_DENIED */
    async set(actor: Actor, id: string, body: ReplySettingsFields): Promise<ReplySettings> {
      const profileId = await profileOf(db, actor, id);
      return inTransaction(db, async (tx) => {
        const before = await store.settingsOf(profileId, tx);
        const settings = merged(before, body);
        const details = problemsOf(settings);
        if (details.length > 0) throw new Failure('VALIDATION_ERROR', { details });
        if (settings.mode === 'send') await assertMaySend(tx, actor, profileId);
        await store.setSettings(
          tx,
          { profileId, organizationId: actor.organizationId, now: clock.now() },
          settings,
        );
        await deps.audit.record(tx, actor, {
          action: 'profile.update',
          resource: { type: 'profile', id: profileId },
          ...differences({ ...before }, { ...settings }),
        });
        return settings;
      });
    },

    /** @throws Failure PROFILE_NOT_FOUND, CONVERSATION_NOT_FOUND and those of the question */
    async autoReply(actor: Actor, body: AutoReplyFields) {
      const { organizationId } = actor;
      await deps.models.providerOf(organizationId);
      deps.rate.count(actor.apiKeyId ?? actor.userId);
      const conversationId = given(body.conversationId);
      const conversation =
        conversationId === undefined ? undefined : await conversationOf(actor, conversationId);
      const profileId = await profileOf(db, actor, given(body.profileId) ?? conversation?.profile_id);
      if (conversation && conversation.profile_id !== profileId) throw new Failure('CONVERSATION_NOT_FOUND');
      const settings = profileId ? await store.settingsOf(profileId) : replyDefaults;
      const past = conversation ? (await deps.history({ organizationId }, conversation.id)).turns : [];
      const previous = (body.previousMessages ?? []).slice(-previousMax);
      const turns: Turn[] = previous.length > 0 ? previous.map((text) => ({ role: 'user', text })) : past;
      const answer = await deps.answer({
        ...{
          organizationId,
          profileId,
          conversationId: conversation?.id,
          message: body.message,
          history: turns,
        },
        settings: { ...settings, businessName: given(body.businessName) ?? settings.businessName },
        customerName: given(body.customerName),
        customPrompt: given(body.customPrompt),
        timeZone: await store.timeZoneOf(organizationId),
      });
      const warnings = profileId ? answer.warnings : [...answer.warnings, 'No knowledge was looked into.'];
      return {
        ...{ success: true, content: answer.text, usage: answer.usage, action: answer.action },
        ...{ citations: [...answer.citations], support: answer.support, language: answer.language },
        ...(answer.reason && { reason: answer.reason }),
        ...(warnings.length > 0 && { warnings: [...warnings] }),
      };
    },

    /** @throws Failure CONVERSATION_NOT_FOUND */
    async suggestions(actor: Actor, conversationId: string, limit: number) {
      const { id } = await conversationOf(actor, conversationId);
      return (await store.suggestions({ organizationId: actor.organizationId }, id, limit)).map(
        presentSuggestion,
      );
    },
  };
}

export type ReplyService = ReturnType<typeof createReplyService>;

export function presentSuggestion(row: SuggestionRow) {
  return {
    ...{
      id: row.id,
      profileId: row.profile_id,
      conversationId: row.conversation_id,
      messageId: row.message_id,
    },
    ...{ action: row.action as 'answer', content: row.content, citations: row.citations as never },
    ...{ warnings: row.warnings, support: row.support, sent: row.sent },
    createdAt: row.created_at.toISOString(),
  };
}

/** Null clears what may be empty, and else is what was there by default. */
function merged(before: ReplySettings, body: ReplySettingsFields): ReplySettings {
  const given = Object.entries(body).flatMap(([name, value]) => {
    if (value === undefined || !Object.hasOwn(replyDefaults, name)) return [];
    const isEmpty = value === null || value === '';
    return [[name, isEmpty ? replyDefaults[name as keyof ReplySettings] : value] as const];
  });
  return { ...before, ...Object.fromEntries(given) };
}

function problemsOf({ mode, scope, language }: ReplySettings): Problem[] {
  return [
    ...(mode === 'send' && !scope?.trim()
      ? [{ path: '/scope', problem: 'is needed before answers are sent: say what it is to do' }]
      : []),
    ...(languageTag.test(language)
      ? []
      : [{ path: '/language', problem: 'must be customer or a tag, as in id' }]),
  ];
}
