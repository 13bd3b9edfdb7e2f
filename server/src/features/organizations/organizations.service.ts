import { pageSizeMax } from '../../http/list.ts';
import type { Actor } from '../../platform/actor.ts';
import { type AuditLog, differences } from '../../platform/audit/record.ts';
import { readCountry } from '../../platform/chat-id.ts';
import type { Clock } from '../../platform/clock.ts';
import { type Db, inTransaction, type Tx } from '../../platform/db/transaction.ts';
import { Failure } from '../../platform/failures.ts';
import { reachOf } from '../../platform/reach.ts';
import { isTimeZone } from '../../platform/time-zone.ts';
import { presentWorkspace, type WorkspaceStore } from '../workspaces/index.ts';
import type { OrganizationChange } from './organizations.schema.ts';
import type { OrganizationRow, OrganizationStore } from './organizations.store.ts';

export function createOrganizationService(deps: {
  db: Db;
  clock: Clock;
  audit: AuditLog;
  store: OrganizationStore;
  workspaces: Pick<WorkspaceStore, 'list'>;
  /** Its days begin at other moments from now on. */
  zoneChanged(tx: Tx, organizationId: string): Promise<unknown>;
}) {
  const { db, clock, audit, store, workspaces } = deps;
  return {
    /** With the workspaces the caller may see. */
    async current(actor: Actor) {
      const { organizationId } = actor;
      const reach = reachOf(actor, 'workspace:read');
      const [row, visible] = await Promise.all([
        store.get(organizationId),
        reach && workspaces.list(organizationId, { limit: pageSizeMax, offset: 0 }, reach),
      ]);
      // Deleted between the check of the credentials and now, and its sessions and keys with it.
      if (!row) throw new Failure('SESSION_REVOKED');
      return { ...present(row), workspaces: (visible ?? []).map(presentWorkspace) };
    },

    /** @throws Failure VALIDATION_ERROR for a country or a time zone nobody knows */
    async update(actor: Actor, body: OrganizationChange) {
      const zone = body.settings?.timeZone;
      if (typeof zone === 'string' && !isTimeZone(zone)) {
        const problem = 'must be an IANA time zone, like Asia/Jakarta';
        throw new Failure('VALIDATION_ERROR', { details: [{ path: '/settings/timeZone', problem }] });
      }
      const name = body.name?.trim();
      const change = {
        ...(name && { name }),
        ...(body.settings && { settings: body.settings }),
        ...(body.defaultCountry !== undefined &&
          body.defaultCountry !== '' && { default_country: countryOf(body.defaultCountry) }),
      };
      return inTransaction(db, async (tx) => {
        const before = await store.lock(tx, actor.organizationId);
        if (!before) throw new Failure('SESSION_REVOKED');
        const after = await store.update(tx, actor.organizationId, { ...change, updated_at: clock.now() });
        const [was, is] = [before.settings.timeZone, after.settings.timeZone].map((zone) => zone || 'UTC');
        if (was !== is) await deps.zoneChanged(tx, actor.organizationId);
        await audit.record(tx, actor, {
          action: 'org.update',
          resource: { type: 'organization', id: actor.organizationId },
          details: { fields: Object.keys(differences(plain(before), plain(after)).after) },
          ...differences(
            { defaultCountry: before.default_country },
            { defaultCountry: after.default_country },
          ),
        });
        return present(after);
      });
    },
  };
}
export type OrganizationService = ReturnType<typeof createOrganizationService>;

function countryOf(text: string | null): string | null {
  if (text === null) return null;
  const country = readCountry(text);
  if (country) return country;
  throw new Failure('VALIDATION_ERROR', {
    details: [{ path: '/defaultCountry', problem: 'must be a country in two letters (ISO 3166), like ID' }],
  });
}

const plain = ({ name, settings, default_country }: OrganizationRow) => ({
  name,
  settings,
  defaultCountry: default_country,
});

function present(row: OrganizationRow) {
  return {
    id: row.id,
    name: row.name,
    slug: row.slug,
    plan: row.plan,
    settings: row.settings,
    defaultCountry: row.default_country,
    createdAt: row.created_at.toISOString(),
    updatedAt: row.updated_at.toISOString(),
  };
}
