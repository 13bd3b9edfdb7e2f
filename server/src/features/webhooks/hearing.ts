import type { Actor } from '../../platform/actor.ts';
import type { Db } from '../../platform/db/transaction.ts';
import type { EventDefinition } from '../../platform/events/define.ts';
import { wants } from '../../platform/events/pattern.ts';
import { Failure } from '../../platform/failures.ts';
import { knowsProfile } from '../../platform/known-profiles.store.ts';
import { type Permission, permissions } from '../../platform/permissions.ts';
import { isEverywhere, reachOf } from '../../platform/reach.ts';

export interface Hearing {
  /**
   * The permissions that this caller lacks for what a webhook of the profile, or of the whole organisation, may
   * hear; the webhook hears no event that needs one of them.
   * @throws Failure PERMISSION_DENIED when a pattern names nothing that the caller may read.
   */
  lacking(actor: Actor, profileId: string | null, patterns: readonly string[]): Promise<Permission[]>;
  /** Whether the caller may read this event of a webhook. */
  mayRead(actor: Actor, profileId: string | null, eventName: string): Promise<boolean>;
}

/** A webhook hears what its maker may read, and no more: managing webhooks is no way around a permission. */
export function createHearing(deps: { db: Db; catalogue: () => readonly EventDefinition[] }): Hearing {
  const { db } = deps;

  async function holds(actor: Actor, profileId: string | null, permission: Permission): Promise<boolean> {
    const reach = reachOf(actor, permission);
    if (!reach || isEverywhere(reach)) return reach !== undefined;
    return profileId !== null && knowsProfile(db, { organizationId: actor.organizationId, reach }, profileId);
  }

  async function lackedBy(actor: Actor, profileId: string | null): Promise<Permission[]> {
    // Keys made before events named a permission go on as they did.
    if (actor.hearsAll) return [];
    const lacked: Permission[] = [];
    for (const permission of permissions) {
      if (!(await holds(actor, profileId, permission))) lacked.push(permission);
    }
    return lacked;
  }

  return {
    async lacking(actor, profileId, patterns) {
      const lacked = await lackedBy(actor, profileId);
      for (const pattern of patterns) {
        const named = deps.catalogue().filter((event) => event.isPublic && wants([pattern], event.name));
        const [first] = named;
        if (first && named.every(({ permission }) => lacked.includes(permission))) {
          throw new Failure('PERMISSION_DENIED', {
            says: `A webhook for ${pattern} needs the permission ${first.permission}, which you lack.`,
          });
        }
      }
      return lacked;
    },
    async mayRead(actor, profileId, eventName) {
      const event = deps.catalogue().find(({ name }) => name === eventName);
      return !event || actor.hearsAll === true || holds(actor, profileId, event.permission);
    },
  };
}
