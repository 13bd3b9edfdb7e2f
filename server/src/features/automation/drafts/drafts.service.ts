import type { Static } from 'typebox';
import { given } from '../../../http/schema.ts';
import type { Actor } from '../../../platform/actor.ts';
import type { AuditLog } from '../../../platform/audit/record.ts';
import type { Clock } from '../../../platform/clock.ts';
import type { Json } from '../../../platform/db/json-column.ts';
import type { Db, Tx } from '../../../platform/db/transaction.ts';
import { Failure } from '../../../platform/failures.ts';
import { profileOf } from '../../../platform/known-profiles.store.ts';
import { type AutomationService, personOf } from '../automation.service.ts';
import { type AutomationStore, type CountedRow, definitionOf } from '../automation.store.ts';
import type { createChecks } from '../checks.ts';
import { changesBetween } from '../program/changes.ts';
import { needsOf } from '../program/compile.ts';
import type { Definition } from '../program/definition.ts';
import type { StepHeaders } from '../step-headers.ts';
import type { DraftBody, PublishBody, ValidateBody } from './drafts.schema.ts';
import type { DraftStore } from './drafts.store.ts';

/** Work on an automation that counts when it is published, and what it was before. */
export function createDrafts(deps: {
  db: Db;
  clock: Clock;
  audit: AuditLog;
  store: AutomationStore;
  drafts: DraftStore;
  service: Pick<AutomationService, 'rowOf' | 'update'>;
  check: ReturnType<typeof createChecks>;
  stepHeaders: Pick<StepHeaders, 'sealed' | 'masked'>;
}) {
  const { clock, store, drafts, service, stepHeaders } = deps;

  async function locked(tx: Tx, actor: Actor, id: string): Promise<CountedRow> {
    const row = await store.lock(tx, actor, id);
    if (!row) throw new Failure('AUTOMATION_NOT_FOUND');
    return row;
  }

  /** As people look at it before they publish it: with what is wrong, and what it would change. */
  async function present(actor: Actor, row: CountedRow) {
    const { draft, draft_of: basedOn, draft_at: at } = row;
    if (!draft || basedOn === null || at === null) throw new Failure('AUTOMATION_DRAFT_NOT_FOUND');
    const checked = await deps.check(
      withProfile(row, () => draft),
      actor.organizationId,
    );
    return {
      ...{ automationId: row.id, version: row.version, basedOn, isBehind: basedOn !== row.version },
      ...presentDefinition(stepHeaders.masked(row.id, draft)),
      ...{ problems: checked.problems, changes: changesBetween(definitionOf(row), draft) },
      ...{ updatedAt: at.toISOString(), updatedBy: row.draft_by },
    };
  }

  async function keep(actor: Actor, id: string, definitionFrom: (row: CountedRow) => Definition) {
    // Before the transaction: too large a draft is refused, whoever works on it.
    await deps.check(withProfile(await service.rowOf(actor, id), definitionFrom), actor.organizationId);
    const row = await store.inTransaction(async (tx) => {
      const current = await locked(tx, actor, id);
      const definition = definitionFrom(current);
      const of = current.draft_of ?? current.version;
      await drafts.keep(tx, id, { definition, of, at: clock.now(), by: personOf(actor) });
      return locked(tx, actor, id);
    });
    return present(actor, row);
  }

  return {
    /** @throws Failure AUTOMATION_NOT_FOUND, AUTOMATION_DRAFT_NOT_FOUND */
    get: async (actor: Actor, id: string) => present(actor, await service.rowOf(actor, id)),

    /** Keeps what is given over the draft, or what is published where there is none. @throws Failure */
    put: (actor: Actor, id: string, body: Static<typeof DraftBody>) =>
      keep(actor, id, (row) => {
        const before = row.draft ? [row.draft, row] : [row];
        return changed(row.draft ?? definitionOf(row), stepHeaders.sealed(row.id, body, before));
      }),

    /** @throws Failure AUTOMATION_NOT_FOUND, AUTOMATION_DRAFT_NOT_FOUND */
    async discard(actor: Actor, id: string): Promise<{ success: true }> {
      await service.rowOf(actor, id);
      await store.inTransaction(async (tx) => {
        const { draft } = await locked(tx, actor, id);
        if (!draft) throw new Failure('AUTOMATION_DRAFT_NOT_FOUND');
        await drafts.discard(tx, id);
        const resource = { type: 'automation', id };
        await deps.audit.record(tx, actor, { action: 'automation.draft_discard', resource });
      });
      return { success: true };
    },

    /**
     * Makes the draft what the automation is, in one step.
     * @throws Failure VALIDATION_ERROR for what could not run and is switched on, AUTOMATION_CHANGED when another version was
     *   published meanwhile
     */
    async publish(actor: Actor, id: string, { note, baseVersion }: Static<typeof PublishBody>) {
      const row = await service.rowOf(actor, id);
      const { draft } = row;
      if (!draft) throw new Failure('AUTOMATION_DRAFT_NOT_FOUND');
      if ((baseVersion ?? row.draft_of) !== row.version) {
        throw new Failure('AUTOMATION_CHANGED', {
          says: `Version ${row.version} was published since this draft was begun: look at it, and name it as baseVersion.`,
        });
      }
      const { kind: _, ...whole } = draft;
      const change = { ...whole, ...(row.is_active && { isActive: true }) };
      return service.update(actor, id, change, undefined, { note: given(note) ?? null });
    },

    /** Newest first. @throws Failure AUTOMATION_NOT_FOUND */
    async versions(actor: Actor, id: string) {
      const row = await service.rowOf(actor, id);
      return (await drafts.versions(id)).map((version) => presentVersion(version, row.version));
    },

    /** @throws Failure AUTOMATION_NOT_FOUND, AUTOMATION_VERSION_NOT_FOUND */
    async version(actor: Actor, id: string, number: number) {
      const row = await service.rowOf(actor, id);
      const version = await drafts.version(id, number);
      if (!version?.definition) throw new Failure('AUTOMATION_VERSION_NOT_FOUND');
      const definition = stepHeaders.masked(row.id, version.definition);
      return { ...presentVersion(version, row.version), ...presentDefinition(definition) };
    },

    /** Makes a draft of what it once was. @throws Failure */
    async restore(actor: Actor, id: string, number: number) {
      await service.rowOf(actor, id);
      const version = await drafts.version(id, number);
      const definition = version?.definition;
      if (!definition) throw new Failure('AUTOMATION_VERSION_NOT_FOUND');
      return keep(actor, id, () => definition);
    },

    /** What is wrong with an automation that is not kept yet, and what it takes to switch it on. @throws Failure */
    async validate(actor: Actor, { profileId: asked, ...body }: Static<typeof ValidateBody>) {
      const profileId = await profileOf(deps.db, actor, asked);
      const definition = changed(nothing, body);
      const { program, problems } = await deps.check({ ...definition, profileId }, actor.organizationId);
      return { kind: definition.kind, problems, needs: [...needsOf(program)].toSorted() };
    },
  };
}

export type Drafts = ReturnType<typeof createDrafts>;

const parts = ['triggerType', 'triggerConfig', 'conditions', 'actions', 'settings'] as const;

const nothing: Definition = {
  ...{ kind: 'rule', triggerType: 'all', triggerConfig: {}, conditions: [], actions: [], graph: null },
  settings: {},
};

const withProfile = (row: CountedRow, definitionFrom: (row: CountedRow) => Definition) => ({
  ...definitionFrom(row),
  ...{ profileId: row.profile_id, id: row.id },
});

/** What is absent stays; a graph makes a flow of it, and without one it is a rule again. */
function changed(before: Definition, body: Static<typeof DraftBody>): Definition {
  const { graph } = body;
  // Nothing else of a body gets into what is kept.
  const present = parts.flatMap((name) => {
    const value = given(body[name]);
    return value === undefined ? [] : [[name, value] as const];
  });
  const whole: Definition = {
    ...before,
    ...(Object.fromEntries(present) as Partial<Definition>),
    ...(graph !== undefined && { graph: graph as Json | null }),
  };
  return before.kind === 'autoreply' ? whole : { ...whole, kind: whole.graph ? 'flow' : 'rule' };
}

function presentDefinition(definition: Definition) {
  const { kind, triggerType, triggerConfig, graph, settings } = definition;
  return {
    ...{ kind, triggerType, triggerConfig, graph, settings: settings as Json },
    ...{ conditions: definition.conditions as Json[], actions: definition.actions as Json[] },
  };
}

function presentVersion(
  row: {
    version: number;
    published_by: string | null;
    note: string | null;
    changes: string[] | null;
    created_at: Date;
  },
  current: number,
) {
  return {
    ...{ version: row.version, isPublished: row.version === current, note: row.note },
    ...{
      changes: row.changes ?? [],
      publishedBy: row.published_by,
      publishedAt: row.created_at.toISOString(),
    },
  };
}
