import { given } from '../../http/schema.ts';
import type { Actor } from '../../platform/actor.ts';
import { type AuditLog, differences } from '../../platform/audit/record.ts';
import type { Clock } from '../../platform/clock.ts';
import type { Db, Tx } from '../../platform/db/transaction.ts';
import type { EventRecorder } from '../../platform/events/record.ts';
import { Failure } from '../../platform/failures.ts';
import { newId } from '../../platform/ids.ts';
import { profileOf } from '../../platform/known-profiles.store.ts';
import type { Slice } from '../../platform/slice.ts';
import type { Media } from '../media/index.ts';
import type { Messages } from '../messages/index.ts';
import { checkTemplate } from './check.ts';
import { eventOf, templateCreated, templateDeleted, templateUpdated } from './templates.events.ts';
import { presentTemplate } from './templates.present.ts';
import type { CreateTemplateBody, UpdateTemplateBody } from './templates.schema.ts';
import type { TemplateRow, TemplateStore } from './templates.store.ts';
import type { Uses } from './uses.ts';

const templatesMax = 1_000;

export function createTemplateService(deps: {
  db: Db;
  clock: Clock;
  audit: AuditLog;
  events: Pick<EventRecorder, 'record'>;
  store: TemplateStore;
  messages: Pick<Messages, 'readSend'>;
  media: Pick<Media, 'refer' | 'release'>;
  uses: Uses;
}) {
  const { db, clock, store, media } = deps;

  async function rowOf(actor: Actor, id: string): Promise<TemplateRow> {
    const row = await store.find(actor, id);
    if (!row) throw new Failure('TEMPLATE_NOT_FOUND');
    return row;
  }

  async function locked(tx: Tx, actor: Actor, id: string): Promise<TemplateRow> {
    const row = await store.lock(tx, actor, id);
    if (!row) throw new Failure('TEMPLATE_NOT_FOUND');
    return row;
  }

  /** The file stays as long as the template names it. */
  async function keepFile(tx: Tx, row: TemplateRow): Promise<void> {
    const { mediaId } = row.content;
    if (typeof mediaId !== 'string' || mediaId === '') return;
    const by = { kind: 'template', id: row.id, profileId: row.profile_id };
    await media.refer(tx, row.organization_id, mediaId, by);
  }

  function record(
    tx: Tx,
    actor: Actor,
    action: 'template.create' | 'template.update' | 'template.delete' | 'template.duplicate',
    id: string,
    more: object = {},
  ) {
    return deps.audit.record(tx, actor, { ...more, action, resource: { type: 'template', id } });
  }

  type New = Pick<TemplateRow, 'profile_id' | 'name' | 'category' | 'message_type' | 'content' | 'variables'>;

  async function make(actor: Actor, row: New, action: 'template.create' | 'template.duplicate') {
    const now = clock.now();
    const whole = {
      ...{ id: newId(), organization_id: actor.organizationId, ...row, name: row.name.trim() },
      ...{ content: JSON.stringify(row.content), created_at: now, updated_at: now },
    };
    return store.inTransaction(async (tx) => {
      const made = await store.insert(tx, whole, templatesMax);
      if (made === undefined) throw new Failure('PROFILE_NOT_FOUND');
      if (made === 'full') throw new Failure('TEMPLATES_FULL');
      if (made === 'taken') throw new Failure('TEMPLATE_NAME_TAKEN');
      await keepFile(tx, made);
      await deps.events.record(tx, templateCreated, eventOf(made));
      await record(tx, actor, action, made.id, { after: audited(made) });
      return presentTemplate(made);
    });
  }

  return {
    /** @throws Failure PROFILE_NOT_FOUND */
    async list(
      actor: Actor,
      query: { profileId: string; category?: string | undefined; search?: string | undefined },
      slice: Slice,
    ) {
      await profileOf(db, actor, query.profileId);
      const { category, search } = { category: given(query.category), search: given(query.search) };
      const which = { profileId: query.profileId, ...(category && { category }), ...(search && { search }) };
      return (await store.list(actor, which, slice)).map(presentTemplate);
    },

    /** @throws Failure TEMPLATE_NOT_FOUND */
    get: async (actor: Actor, id: string) => presentTemplate(await rowOf(actor, id)),

    /** @throws Failure */
    async create(actor: Actor, body: CreateTemplateBody) {
      const variables = checkTemplate(deps.messages.readSend, body.messageType, body.content);
      const profileId = await profileOf(db, actor, body.profileId);
      const { name, messageType, content } = body;
      const category = given(body.category) ?? null;
      return make(
        actor,
        { profile_id: profileId, name, category, message_type: messageType, content, variables },
        'template.create',
      );
    },

    /** The same under another name, not used yet. @throws Failure */
    async duplicate(actor: Actor, id: string, name: string) {
      const { profile_id, category, message_type, content, variables } = await rowOf(actor, id);
      return make(
        actor,
        { profile_id, name, category, message_type, content, variables },
        'template.duplicate',
      );
    },

    /** Changes what is given; kind and content must fit each other. @throws Failure */
    async update(actor: Actor, id: string, body: UpdateTemplateBody) {
      return store.inTransaction(async (tx) => {
        const before = await locked(tx, actor, id);
        const type = body.messageType ?? before.message_type;
        const content = body.content ?? before.content;
        const says = body.messageType !== undefined || body.content !== undefined;
        const name = body.name?.trim() ?? before.name;
        if (await store.isTaken(tx, before, name)) throw new Failure('TEMPLATE_NAME_TAKEN');
        const row = await store.update(tx, id, {
          ...{ name, category: body.category === undefined ? before.category : body.category || null },
          ...(says && {
            message_type: type,
            content: JSON.stringify(content),
            variables: checkTemplate(deps.messages.readSend, type, content),
          }),
          updated_at: clock.now(),
        });
        if (says) {
          await media.release(tx, 'template', [id]);
          await keepFile(tx, row);
        }
        await deps.events.record(tx, templateUpdated, eventOf(row));
        const changed = differences(audited(before), audited(row));
        await record(tx, actor, 'template.update', id, { ...changed, details: { content: says } });
        return presentTemplate(row);
      });
    },

    /** Where it is used. @throws Failure TEMPLATE_NOT_FOUND */
    uses: async (actor: Actor, id: string) => deps.uses.shown(db, actor, await rowOf(actor, id)),

    /** @throws Failure TEMPLATE_NOT_FOUND, and with `unused` TEMPLATE_IN_USE */
    async remove(actor: Actor, id: string, unused: boolean) {
      return store.inTransaction(async (tx) => {
        const row = await locked(tx, actor, id);
        const { usedBy, isInUse } = await deps.uses.counts(tx, row);
        if (unused && isInUse) throw new Failure('TEMPLATE_IN_USE');
        await store.remove(tx, id);
        await media.release(tx, 'template', [id]);
        await deps.events.record(tx, templateDeleted, eventOf(row));
        await record(tx, actor, 'template.delete', id, { before: audited(row), details: { usedBy } });
        return { success: true };
      });
    },
  };
}

export type TemplateService = ReturnType<typeof createTemplateService>;

/** Of a template what the audit log shows: not what it says. */
const audited = ({ name, category, message_type: messageType, profile_id: profileId }: TemplateRow) => ({
  ...{ name, category, messageType, profileId },
});
