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
   * The permissions that this caller lacks for a webhook of the profile or of the whole organisation; the webhook gets
   * no event that needs one of them.
   * @throws Failure PERMISSION_DENIED when a pattern names nothing that the caller may read.
   */
  lacking(actor: Actor, profileId: string | null, patterns: readonly string[]): Promise<Permission[]>;
  /** Whether the caller may read this event of a webhook. */
  mayRead(actor: Actor, profileId: string | null, eventName: string): Promise<boolean>;
}

/** A webhook gets only events that its maker may read: managing webhooks is no way around a permission. */
export function createHearing(deps: { db: Db; catalogue: () => readonly EventDefinition[] }): Hearing {
  const { db } = deps;

  async function holds(actor: Actor, profileId: string | null, permission: Permission): Promise<boolean> {
    const reach = reachOf(actor, permission);
    if (!reach || isEverywhere(reach)) return reach !== undefined;
    return profileId !== null && knowsProfile(db, { organizationId: actor.organizationId, reach }, profileId);
  }

  async function missingFor(actor: Actor, profileId: string | null): Promise<Permission[]> {
    // API keys from before events named a permission still get every event.
    if (actor.hearsAll) return [];
    const missing: Permission[] = [];
    for (const permission of permissions) {
      if (!(await holds(actor, profileId, permission))) missing.push(permission);
    }
    return missing;
  }

  return {
    async lacking(actor, profileId, patterns) {
      const missing = await missingFor(actor, profileId);
      for (const pattern of patterns) {
        const events = deps.catalogue().filter((event) => event.isPublic && wants([pattern], event.name));
        const [first] = events;
        if (first && events.every(({ permission }) => missing.includes(permission))) {
          throw new Failure('PERMISSION_DENIED', {
            says: `A webhook for ${pattern} needs the permission ${first.permission}, which you lack.`,
          });
        }
      }
      return missing;
    },
    async mayRead(actor, profileId, eventName) {
      const event = deps.catalogue().find(({ name }) => name === eventName);
      return !event || actor.hearsAll === true || holds(actor, profileId, event.permission);
    },
  };
}
