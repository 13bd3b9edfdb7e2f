import type { Actor } from '../../platform/actor.ts';
import { Failure } from '../../platform/failures.ts';
import type { ProfileService } from './profiles.service.ts';
import type { ProfileStore } from './profiles.store.ts';

/** Profiles removed at once: each is unlinked from its phone, which may take seconds. */
const atOnce = 10;

/** Removes every profile of a workspace; it does not matter when another request removes one meanwhile. */
export function createRemoveAll(
  service: Pick<ProfileService, 'remove'>,
  store: Pick<ProfileStore, 'someOf'>,
) {
  const removeOne = (actor: Actor, id: string) =>
    service.remove(actor, id).catch((error: unknown) => {
      if (!(error instanceof Failure && error.code === 'PROFILE_NOT_FOUND')) throw error;
    });
  return async (actor: Actor, workspaceId: string): Promise<void> => {
    for (;;) {
      const ids = await store.someOf(actor, workspaceId, atOnce);
      if (ids.length === 0) return;
      await Promise.all(ids.map((id) => removeOne(actor, id)));
    }
  };
}
