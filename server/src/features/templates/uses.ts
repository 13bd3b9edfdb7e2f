import type { Actor } from '../../platform/actor.ts';
import type { Db, Tx } from '../../platform/db/transaction.ts';
import type { Permission } from '../../platform/permissions.ts';
import { reachOf } from '../../platform/reach.ts';
import type { Tenancy } from '../../platform/tenancy.ts';
import type { TemplateRow } from './templates.store.ts';

const shownMax = 100;

type WithTemplate<Found> = (
  db: Db | Tx,
  tenancy: Tenancy,
  templateId: string,
  limit: number,
) => Promise<Found>;
interface Use {
  id: string;
  name: string;
  profileId: string;
}

/** What uses templates; each feature brings what it knows. */
export interface TemplateUsers {
  automations: WithTemplate<{
    total: number;
    active: number;
    items: (Use & { kind: string; isActive: boolean })[];
  }>;
  broadcasts: WithTemplate<{ total: number; open: number; items: (Use & { status: string })[] }>;
}

/** Where templates are used: the numbers are of all, the items those that the caller may see. */
export function createUses(users: () => TemplateUsers) {
  const all = async (db: Db | Tx, { id, organization_id: organizationId }: TemplateRow) => {
    const { automations, broadcasts } = users();
    return {
      automations: await automations(db, { organizationId }, id, 1),
      broadcasts: await broadcasts(db, { organizationId }, id, 1),
    };
  };

  return {
    async shown(db: Db, actor: Actor, row: TemplateRow) {
      const { automations, broadcasts } = await all(db, row);
      const seen = async <Item>(permission: Permission, find: WithTemplate<{ items: Item[] }>) => {
        const reach = reachOf(actor, permission);
        const { organization_id: organizationId } = row;
        return reach ? (await find(db, { organizationId, reach }, row.id, shownMax)).items : [];
      };
      const of = users();
      return {
        automations: { ...automations, items: await seen('automation:read', of.automations) },
        broadcasts: { ...broadcasts, items: await seen('broadcast:read', of.broadcasts) },
      };
    },

    /** How many name it, and whether one of them will send it again. */
    async counts(tx: Tx, row: TemplateRow) {
      const { automations, broadcasts } = await all(tx, row);
      return {
        usedBy: { automations: automations.total, broadcasts: broadcasts.open },
        isInUse: automations.active + broadcasts.open > 0,
      };
    },
  };
}

export type Uses = ReturnType<typeof createUses>;
