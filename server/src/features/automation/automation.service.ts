import { given } from '../../http/schema.ts';
import type { Actor } from '../../platform/actor.ts';
import { type AuditLog, differences } from '../../platform/audit/record.ts';
import { type Clock, dayMs, later } from '../../platform/clock.ts';
import type { Json } from '../../platform/db/json-column.ts';
import { afterCommit, type Db, type Tx } from '../../platform/db/transaction.ts';
import type { EventDefinition } from '../../platform/events/define.ts';
import type { EventRecorder } from '../../platform/events/record.ts';
import { Failure } from '../../platform/failures.ts';
import { isUuid, newId } from '../../platform/ids.ts';
import { knowsProfile, profileOf } from '../../platform/known-profiles.store.ts';
import { reachOf } from '../../platform/reach.ts';
import type { Tenancy } from '../../platform/tenancy.ts';
import {
  type AutomationChange,
  audited,
  columnsOf,
  type NewAutomation,
  sameProgram,
  wholeOf,
} from './automation.columns.ts';
import { automationCreated, automationDeleted, automationUpdated } from './automation.events.ts';
import { presentAutomation, statsOf } from './automation.present.ts';
import type { CreateAutomationBody, UpdateAutomationBody } from './automation.schema.ts';
import {
  type AutomationRow,
  type AutomationStore,
  type CountedRow,
  definitionOf,
} from './automation.store.ts';
import type { createChecks } from './checks.ts';
import { changesBetween } from './program/changes.ts';
import { type Compiled, needsOf } from './program/compile.ts';
import type { Program } from './program/program.ts';
import type { FollowTimes } from './run/follow-times.ts';
import { endedEvents } from './run/outcome.ts';
import type { RunStore } from './run/runs.store.ts';
import { dayIn } from './run/zone.ts';
import type { StepHeaders } from './step-headers.ts';

const ofProfileMax = 500;
/** Each is tried on every message. */
const withRegexMax = 100;
const statsDays = 30;
/** More say nothing else. */
const passageRunsMax = 5_000;

export interface ServiceDeps {
  db: Db;
  clock: Clock;
  audit: AuditLog;
  events: EventRecorder;
  store: AutomationStore;
  runs: Pick<RunStore, 'cancelOf'>;
  check: ReturnType<typeof createChecks>;
  followTimes: FollowTimes;
  /** Something of this profile changed, on this node. */
  changed(profileId: string): void;
  stepHeaders: Pick<StepHeaders, 'sealed' | 'masked'>;
}

export function createAutomationService(deps: ServiceDeps) {
  const { db, clock, store, audit, events, stepHeaders } = deps;

  async function rowOf(tenancy: Tenancy, id: string, kind?: Program['kind']): Promise<CountedRow> {
    const row = isUuid(id) ? await store.find(tenancy, id) : undefined;
    if (!row || (kind && row.kind !== kind)) throw new Failure('AUTOMATION_NOT_FOUND');
    return row;
  }

  async function lockedRow(tx: Tx, tenancy: Tenancy, id: string): Promise<CountedRow> {
    const row = await store.lock(tx, tenancy, id);
    if (!row) throw new Failure('AUTOMATION_NOT_FOUND');
    return row;
  }

  async function today(organizationId: string): Promise<string> {
    return dayIn(clock.now(), await store.zoneOf(organizationId));
  }

  async function shown(row: CountedRow) {
    return presentAutomation(row, await today(row.organization_id), stepHeaders);
  }

  /** An automation is no way around the permissions that what it does needs. */
  async function assertMay(
    actor: Actor,
    profileId: string,
    program: Program,
    more: readonly 'message:send'[] = [],
  ): Promise<void> {
    for (const permission of new Set([...needsOf(program), ...more])) {
      const reach = reachOf(actor, permission);
      const { organizationId } = actor;
      if (reach && (await knowsProfile(db, { organizationId, reach }, profileId))) continue;
      throw new Failure('PERMISSION_DENIED', {
        says: `What it does needs the permission ${permission} for its profile, which you lack.`,
      });
    }
  }

  /** The profile must be locked. @throws Failure AUTOMATIONS_FULL */
  async function assertRegexFits(
    tx: Tx,
    profileId: string,
    { triggers }: Program,
    except: string | null,
  ): Promise<void> {
    if (!triggers.some(({ type }) => type === 'regex')) return;
    if ((await store.countRegex(tx, profileId, except)) < withRegexMax) return;
    throw new Failure('AUTOMATIONS_FULL', {
      says: `At most ${withRegexMax} automations of a profile can be started by a regular expression: delete one first.`,
    });
  }

  /** What cannot run is stored switched off, unless it was to be on. */
  function activeOf(wanted: boolean | undefined, before: boolean, { problems }: Compiled): boolean {
    if (problems.length === 0) return wanted ?? before;
    if (wanted) throw new Failure('VALIDATION_ERROR', { details: problems });
    return false;
  }

  async function tell(tx: Tx, definition: EventDefinition, row: AutomationRow): Promise<void> {
    const body = {
      ...{ profileId: row.profile_id, automationId: row.id, name: row.name },
      ...{ isActive: row.is_active, timestamp: clock.now().toISOString() },
    };
    await events.recordAll(tx, [
      { organizationId: row.organization_id, profileId: row.profile_id, definition, body },
    ]);
    afterCommit(tx, () => deps.changed(row.profile_id));
  }

  /** Runs under way end with their automation, unless they may finish. */
  async function switchedOff(tx: Tx, row: AutomationRow): Promise<void> {
    if (row.settings.onDisable === 'finish') return;
    const now = clock.now();
    const ended = await deps.runs.cancelOf(tx, { automationId: row.id }, 'It was switched off.', now);
    await events.recordAll(tx, endedEvents(ended, now));
  }

  return {
    rowOf,
    assertMay,

    /** @throws Failure PROFILE_NOT_FOUND */
    async list(
      actor: Actor,
      query: {
        profileId: string;
        triggerType?: string | undefined;
        isActive?: boolean | undefined;
        kind?: string;
      },
    ) {
      await profileOf(db, actor, query.profileId);
      const rows = await store.list(actor, query, ofProfileMax);
      const day = await today(actor.organizationId);
      return rows.map((row) => presentAutomation(row, day, stepHeaders));
    },

    /** @throws Failure AUTOMATION_NOT_FOUND */
    get: async (actor: Actor, id: string, kind?: Program['kind']) => shown(await rowOf(actor, id, kind)),

    /** @throws Failure */
    async create(actor: Actor, wanted: NewAutomation) {
      const profileId = await profileOf(db, actor, wanted.profileId);
      const id = newId();
      const made = stepHeaders.sealed(id, wanted);
      const compiled = await deps.check({ ...made, id }, actor.organizationId);
      const isActive = activeOf(made.isActive, true, compiled);
      if (isActive) await assertMay(actor, profileId, compiled.program);
      const now = clock.now();
      const row = await store.inTransaction(async (tx) => {
        const place = await store.placeIn(tx, profileId);
        if (!place) throw new Failure('PROFILE_NOT_FOUND');
        if (place.count >= ofProfileMax) throw new Failure('AUTOMATIONS_FULL');
        await assertRegexFits(tx, profileId, compiled.program, null);
        const inserted = await store.insert(
          tx,
          {
            ...{ id, organization_id: actor.organizationId, profile_id: profileId },
            ...{ is_active: isActive, priority: made.priority ?? place.last + 1, version: 1 },
            ...columnsOf(made),
            ...{ problems: JSON.stringify(compiled.problems), created_at: now, updated_at: now },
          },
          compiled.program,
          personOf(actor),
        );
        await deps.followTimes(tx, inserted, compiled.program);
        await audit.record(tx, actor, {
          action: 'automation.create',
          resource: { type: 'automation', id: inserted.id },
          after: { name: inserted.name, kind: inserted.kind, isActive, profileId },
        });
        await tell(tx, automationCreated, inserted);
        return inserted;
      });
      return shown(row);
    },

    /** Changes what is given; `published` is a draft that becomes what it is with this. @throws Failure */
    async update(
      actor: Actor,
      id: string,
      wanted: AutomationChange,
      kind?: Program['kind'],
      published?: { note: string | null },
    ) {
      const before = await rowOf(actor, id, kind);
      // A draft is stored as it will be.
      const change = published ? wanted : stepHeaders.sealed(before.id, wanted, [before]);
      const whole = wholeOf(before, change);
      const compiled = await deps.check({ ...whole, id: before.id }, actor.organizationId);
      const isActive = activeOf(change.isActive, before.is_active, compiled);
      if (isActive) await assertMay(actor, before.profile_id, compiled.program);
      const row = await store.inTransaction(async (tx) => {
        if (change.triggerType !== undefined || change.graph !== undefined) {
          await store.placeIn(tx, before.profile_id);
          await assertRegexFits(tx, before.profile_id, compiled.program, id);
        }
        const current = await lockedRow(tx, actor, id);
        const columns = columnsOf(wholeOf(current, change));
        // Two changes at once: the second is checked against what the first made.
        if (current.version !== before.version) throw new Failure('AUTOMATION_CHANGED');
        const isSame = sameProgram(current, whole);
        const version = isSame ? current.version : current.version + 1;
        const values = {
          ...columns,
          ...{ is_active: isActive, version, problems: JSON.stringify(compiled.problems) },
          ...{ priority: change.priority ?? current.priority, updated_at: clock.now() },
          ...(published && { draft: null, draft_of: null, draft_at: null, draft_by: null }),
        };
        await store.update(tx, id, values);
        const after = await lockedRow(tx, actor, id);
        if (!isSame) {
          const changes = changesBetween(definitionOf(current), definitionOf(after));
          const { note = null } = published ?? {};
          await store.keepProgram(tx, after, compiled.program, { by: personOf(actor), note, changes });
        }
        if (current.is_active && !isActive) await switchedOff(tx, after);
        if (!isSame || current.is_active !== isActive) {
          await deps.followTimes(tx, after, compiled.program);
        }
        await audit.record(tx, actor, {
          action: published ? 'automation.publish' : 'automation.update',
          resource: { type: 'automation', id },
          ...differences(audited(current), audited(after)),
        });
        await tell(tx, automationUpdated, after);
        return after;
      });
      return shown(row);
    },

    /** Switches it on or off, whichever it is not. @throws Failure */
    async toggle(actor: Actor, id: string, kind?: Program['kind']) {
      const { is_active } = await rowOf(actor, id, kind);
      return this.update(actor, id, { isActive: !is_active }, kind);
    },

    /** @throws Failure AUTOMATION_NOT_FOUND */
    async remove(actor: Actor, id: string, kind?: Program['kind']): Promise<{ success: true }> {
      await rowOf(actor, id, kind);
      await store.inTransaction(async (tx) => {
        const row = await lockedRow(tx, actor, id);
        await store.remove(tx, id);
        await audit.record(tx, actor, {
          action: 'automation.delete',
          resource: { type: 'automation', id },
          before: { name: row.name, kind: row.kind },
        });
        await tell(tx, automationDeleted, row);
      });
      return { success: true };
    },

    /** Puts automations of a profile into this order. @throws Failure; then nothing is changed */
    async reorder(
      actor: Actor,
      body: { profileId: string; order: readonly string[] },
    ): Promise<{ success: true }> {
      const profileId = await profileOf(db, actor, body.profileId);
      const ids = body.order.map((id) => id.toLowerCase());
      const details = ids.flatMap((id, index) =>
        ids.indexOf(id) < index ? [{ path: `/order/${index}`, problem: 'is there twice' }] : [],
      );
      if (details.length > 0) throw new Failure('VALIDATION_ERROR', { details });
      if (!ids.every(isUuid)) throw new Failure('AUTOMATION_NOT_FOUND');
      await store.inTransaction(async (tx) => {
        const moved = await store.reorder(tx, actor, profileId, ids, clock.now());
        if (moved !== ids.length) throw new Failure('AUTOMATION_NOT_FOUND');
        await audit.record(tx, actor, {
          action: 'automation.reorder',
          resource: { type: 'profile', id: profileId },
          after: { order: ids },
        });
        const [first] = ids;
        const row = first === undefined ? undefined : await store.find(actor, first, tx);
        if (row) await tell(tx, automationUpdated, row);
      });
      return { success: true };
    },

    /** @throws Failure AUTOMATION_NOT_FOUND */
    async stats(actor: Actor, id: string) {
      const row = await rowOf(actor, id);
      const since = later(clock.now(), -statsDays * dayMs);
      const [counts, passage] = await Promise.all([
        store.outcomes(id, since),
        store.passage(id, since, passageRunsMax),
      ]);
      const { isActive, name, maxTriggersPerDay, cooldownSecs, stats } = await shown(row);
      const names = ['live', 'completed', 'failed', 'cancelled', 'stopped', 'expired'] as const;
      const runs = Object.fromEntries(names.map((status) => [status, counts.get(status) ?? 0]));
      return {
        ...{ id, name, isActive, ...stats, maxTriggersPerDay, cooldownSecs },
        runs: runs as Record<(typeof names)[number], number>,
        leftOut: row.left_out,
        ...passage,
      };
    },

    todayCountOf: async (row: CountedRow) => statsOf(row, await today(row.organization_id)).todayCount,
  };
}

/** A program acts for nobody. */
export const personOf = (actor: Actor): string | null => (actor.kind === 'user' ? actor.userId : null);

export type AutomationService = ReturnType<typeof createAutomationService>;

/** A body of the API as what the service makes. */
export function fromBody(body: CreateAutomationBody): NewAutomation {
  const graph = (body.graph ?? null) as Json | null;
  return {
    ...{ profileId: body.profileId, name: body.name, kind: graph ? 'flow' : 'rule' },
    ...{ triggerType: body.triggerType, triggerConfig: body.triggerConfig, actions: body.actions },
    ...{ conditions: body.conditions ?? [], graph, settings: body.settings ?? {} },
    ...{ cooldownSecs: body.cooldownSecs ?? 0, maxTriggersPerDay: body.maxTriggersPerDay ?? null },
    ...{ isActive: given(body.isActive), priority: given(body.priority) },
  };
}

/** The same of a change: what is absent stays. */
export function changeOf(body: UpdateAutomationBody): AutomationChange {
  const { graph, maxTriggersPerDay, ...rest } = body;
  const present = Object.entries(rest).filter(([, value]) => given(value) !== undefined);
  return {
    ...(Object.fromEntries(present) as AutomationChange),
    ...(graph !== undefined && { graph: graph as Json | null }),
    ...(maxTriggersPerDay !== undefined && { maxTriggersPerDay }),
  };
}
