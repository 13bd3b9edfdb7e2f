import { given } from '../../http/schema.ts';
import type { Actor } from '../../platform/actor.ts';
import type { AuditLog } from '../../platform/audit/record.ts';
import { parseChatId } from '../../platform/chat-id.ts';
import type { Clock } from '../../platform/clock.ts';
import type { Tx } from '../../platform/db/transaction.ts';
import { Failure } from '../../platform/failures.ts';
import { newId } from '../../platform/ids.ts';
import { peopleOfChats } from '../contacts/index.ts';
import type { Media } from '../media/index.ts';
import { type Messages, originOf } from '../messages/index.ts';
import { presentBroadcast } from './broadcasts.present.ts';
import type { BroadcastColumns, BroadcastRow, BroadcastStore } from './broadcasts.store.ts';
import type { Audience } from './broadcasts.tables.ts';
import { filled } from './feed/fill.ts';
import { audienceFile } from './prepare/prepare.ts';
import type { DuplicateRequest, TestRequest } from './results.schema.ts';

/** What is done with campaigns before they begin. */
export function createDrafts(deps: {
  clock: Clock;
  audit: AuditLog;
  store: BroadcastStore;
  messages: Pick<Messages, 'referFile' | 'deliver' | 'campaigns' | 'senderOf'>;
  media: Pick<Media, 'release' | 'refer'>;
  defaultCountry: string;
}) {
  const { clock, audit, store, messages } = deps;

  /** The files of its messages, and that of its audience, stay as long as they are needed. @throws Failure MEDIA_NOT_FOUND */
  async function keepFiles(tx: Tx, row: BroadcastRow): Promise<void> {
    const { id, organization_id: organizationId, profile_id: profileId } = row;
    await deps.media.release(tx, 'broadcast', [id]);
    await deps.media.release(tx, audienceFile, [id]);
    for (const { content } of row.variants ?? [row]) {
      await messages.referFile(tx, { id, organizationId, profileId, content: content ?? {} }, 'broadcast');
    }
    const { type, value } = row.audience;
    if (type !== 'upload') return;
    await deps.media.refer(tx, organizationId, String(value[0]), { kind: audienceFile, id, profileId });
  }

  /** @throws Failure PROFILE_NOT_FOUND */
  async function insert(
    tx: Tx,
    actor: Actor,
    profileId: string,
    columns: BroadcastColumns,
  ): Promise<BroadcastRow> {
    if (!(await store.holdProfile(tx, profileId))) throw new Failure('PROFILE_NOT_FOUND');
    const now = clock.now();
    const { kind, id: by } = originOf(actor);
    const row = await store.insert(tx, {
      ...{ id: newId(), organization_id: actor.organizationId, profile_id: profileId },
      ...{ kind: 'broadcast' as const, status: 'draft' as const, created_kind: kind, created_by: by },
      ...{ name: '', message: '{}', audience: '{}', settings: '{}', created_at: now, updated_at: now },
      ...columns,
    });
    if (!row) throw new Failure('INTERNAL_ERROR', { cause: 'a broadcast was not kept' });
    return row;
  }

  const record = (tx: Tx, actor: Actor, action: 'broadcast.create' | 'broadcast.test', id: string) =>
    audit.record(tx, actor, { action, resource: { type: 'broadcast', id } });

  return {
    keepFiles,
    insert,

    /** Makes it for good. @throws Failure PROFILE_NOT_FOUND, MEDIA_NOT_FOUND */
    async make(tx: Tx, actor: Actor, profileId: string, columns: BroadcastColumns): Promise<BroadcastRow> {
      const row = await insert(tx, actor, profileId, columns);
      await keepFiles(tx, row);
      await record(tx, actor, 'broadcast.create', row.id);
      return row;
    },

    /** The same once more, as a draft under another name. @throws Failure MEDIA_NOT_FOUND for a table that is gone */
    async duplicate(tx: Tx, actor: Actor, row: BroadcastRow, { name, status, codes }: DuplicateRequest) {
      const { lookedAt: _, ...settings } = row.settings;
      const audience: Audience =
        status || codes
          ? { type: 'broadcast', value: [row.id], status: status ?? ['failed'], ...(codes && { codes }) }
          : row.audience;
      const made = await insert(tx, actor, row.profile_id, {
        ...{
          name: given(name) ?? row.name,
          type: row.type,
          template_id: row.template_id,
          weight: row.weight,
        },
        ...{ message: JSON.stringify(row.message), content: JSON.stringify(row.content) },
        ...{ variants: row.variants && JSON.stringify(row.variants), audience: JSON.stringify(audience) },
        settings: JSON.stringify(settings),
      });
      await keepFiles(tx, made);
      await record(tx, actor, 'broadcast.create', made.id);
      return presentBroadcast(made, undefined);
    },

    /** Sends it to a few numbers as single messages, filled in as for them. @throws Failure as the routes that send do */
    async test(tx: Tx, actor: Actor, row: BroadcastRow, { to }: TestRequest) {
      const sender = await messages.senderOf(actor, row.profile_id, tx);
      const chats = to.map((one) => parseChatId(one, sender.defaultCountry ?? deps.defaultCountry));
      const people = await peopleOfChats(tx, row.profile_id, chats);
      const sent: { chatId: string; variant: string | null; messageId: string }[] = [];
      for (const chat of chats) {
        for (const said of row.variants ?? [{ name: null, type: row.type, content: row.content }]) {
          const type = String(said.type);
          const { content } = filled(said.content ?? {}, { vars: null, chat }, people.get(chat));
          const { messageId } = await messages.deliver(
            tx,
            { organizationId: row.organization_id },
            {
              ...{ type, body: { profileId: row.profile_id, to: chat } },
              ...{ content: messages.campaigns.copyOf(type, content), origin: originOf(actor) },
            },
          );
          sent.push({ chatId: chat, variant: said.name, messageId });
        }
      }
      await record(tx, actor, 'broadcast.test', row.id);
      return { success: true, messages: sent };
    },
  };
}

export type Drafts = ReturnType<typeof createDrafts>;
