import { given } from '../../http/schema.ts';
import type { Actor } from '../../platform/actor.ts';
import type { AuditLog } from '../../platform/audit/record.ts';
import type { Clock } from '../../platform/clock.ts';
import { whenTaken } from '../../platform/db/taken.ts';
import { type Db, inTransaction, type Tx } from '../../platform/db/transaction.ts';
import { Failure } from '../../platform/failures.ts';
import { newId } from '../../platform/ids.ts';
import { reachOf } from '../../platform/reach.ts';
import type { Slice } from '../../platform/slice.ts';
import { newSlug, slugOf } from './slug.ts';
import { presentProfile, presentWorkspace } from './workspaces.present.ts';
import type { NewWorkspace, WorkspaceChange } from './workspaces.schema.ts';
import type { WorkspaceRow, WorkspaceStore } from './workspaces.store.ts';

/** Profiles may be added while the others are logged out; who keeps adding some has not finished with the workspace. */
const roundsMax = 5;

export interface WorkspaceServiceDeps {
  db: Db;
  clock: Clock;
  audit: AuditLog;
  store: WorkspaceStore;
  /** Logs every profile of the workspace out, ends its work and deletes it. */
  removeProfiles(actor: Actor, workspaceId: string): Promise<void>;
}

export function createWorkspaceService(deps: WorkspaceServiceDeps) {
  const { db, clock, audit, store } = deps;

  async function locked(tx: Tx, actor: Actor, id: string): Promise<WorkspaceRow> {
    const row = await store.lock(tx, actor.organizationId, id, actor.reach);
    if (!row) throw new Failure('WORKSPACE_NOT_FOUND');
    return row;
  }

  async function removable(tx: Tx, actor: Actor, id: string): Promise<void> {
    await locked(tx, actor, id);
    if (!(await store.hasOthers(tx, actor.organizationId, id))) throw new Failure('WORKSPACE_NEEDED');
  }

  /** False when profiles were added meanwhile. */
  function removeEmpty(actor: Actor, id: string): Promise<boolean> {
    return inTransaction(db, async (tx) => {
      await removable(tx, actor, id);
      if (await store.hasProfiles(tx, actor.organizationId, id)) return false;
      await store.remove(tx, actor.organizationId, id);
      await audit.record(tx, actor, { action: 'workspace.delete', resource: { type: 'workspace', id } });
      return true;
    });
  }

  return {
    async list(actor: Actor, page: Slice) {
      const visible = reachOf(actor, 'profile:read');
      const [rows, counts] = await Promise.all([
        store.list(actor.organizationId, page, actor.reach),
        visible && store.profileCounts(actor.organizationId, visible),
      ]);
      return rows.map((row) => ({
        ...presentWorkspace(row),
        _count: { profiles: counts?.get(row.id) ?? 0 },
      }));
    },

    /** With the profiles the caller may see. @throws Failure WORKSPACE_NOT_FOUND */
    async get(actor: Actor, id: string) {
      const row = await store.get(actor.organizationId, id, actor.reach);
      if (!row) throw new Failure('WORKSPACE_NOT_FOUND');
      const visible = reachOf(actor, 'profile:read');
      const profiles = visible ? await store.profiles(actor.organizationId, id, visible) : [];
      return { ...presentWorkspace(row), profiles: profiles.map(presentProfile) };
    },

    /** @throws Failure VALIDATION_ERROR for a slug without letters or digits, SLUG_TAKEN */
    async create(actor: Actor, body: NewWorkspace) {
      const slug = wantedSlug(given(body.slug)) ?? newSlug(body.name);
      const now = clock.now();
      const row = {
        id: newId(),
        organization_id: actor.organizationId,
        name: body.name.trim(),
        slug,
        description: given(body.description) ?? null,
        settings: given(body.settings) ?? {},
        created_at: now,
        updated_at: now,
      };
      return whenTaken('workspaces_organization_id_slug_key', 'SLUG_TAKEN', () =>
        inTransaction(db, async (tx) => {
          const kept = await store.insert(tx, row);
          await audit.record(tx, actor, {
            action: 'workspace.create',
            resource: { type: 'workspace', id: row.id },
          });
          return presentWorkspace(kept);
        }),
      );
    },

    /** @throws Failure WORKSPACE_NOT_FOUND */
    async update(actor: Actor, id: string, body: WorkspaceChange) {
      const name = body.name?.trim();
      const { description, settings } = body;
      const change = {
        ...(name && { name }),
        ...(description !== undefined && description !== '' && { description }),
        ...(settings && { settings }),
      };
      return inTransaction(db, async (tx) => {
        await locked(tx, actor, id);
        const row = await store.update(tx, actor.organizationId, id, { ...change, updated_at: clock.now() });
        await audit.record(tx, actor, {
          action: 'workspace.update',
          resource: { type: 'workspace', id },
          details: { fields: Object.keys(change) },
        });
        return presentWorkspace(row);
      });
    },

    /**
     * Logs its profiles out first: once they are gone nobody could. A crash on the way leaves a workspace with
     * fewer profiles, to be deleted again.
     * @throws Failure WORKSPACE_NOT_FOUND, WORKSPACE_NEEDED, UNAVAILABLE when profiles keep being added
     */
    async remove(actor: Actor, id: string): Promise<void> {
      await inTransaction(db, (tx) => removable(tx, actor, id));
      for (let round = 0; round < roundsMax; round++) {
        await deps.removeProfiles(actor, id);
        if (await removeEmpty(actor, id)) return;
      }
      throw new Failure('UNAVAILABLE', { says: 'Profiles are being added to this workspace: try again.' });
    },
  };
}
export type WorkspaceService = ReturnType<typeof createWorkspaceService>;

function wantedSlug(text: string | undefined): string | undefined {
  if (text === undefined) return undefined;
  const slug = slugOf(text);
  if (slug) return slug;
  throw new Failure('VALIDATION_ERROR', {
    details: [{ path: '/slug', problem: 'needs letters (a to z) or digits' }],
  });
}
