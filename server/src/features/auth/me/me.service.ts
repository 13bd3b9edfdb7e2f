import type { Actor } from '../../../platform/actor.ts';
import { Failure } from '../../../platform/failures.ts';
import type { UserStore } from '../users.store.ts';

/** The signed-in person, as they see themselves. */
export function createMe({ store }: { store: UserStore }) {
  return {
    async get(actor: Actor) {
      const user = await store.userById(actor.userId);
      if (!user) throw new Failure('SESSION_REVOKED');
      const organization = await store.organization(user.organization_id);
      return {
        id: user.id,
        organizationId: user.organization_id,
        email: user.email,
        name: user.name,
        role: user.role,
        isActive: user.is_active,
        preferences: user.preferences,
        lastLoginAt: user.last_login_at?.toISOString() ?? null,
        createdAt: user.created_at.toISOString(),
        updatedAt: user.updated_at.toISOString(),
        twoFactorEnabled: false,
        organization: {
          id: organization.id,
          name: organization.name,
          slug: organization.slug,
          plan: organization.plan,
          settings: organization.settings,
          createdAt: organization.created_at.toISOString(),
          updatedAt: organization.updated_at.toISOString(),
        },
        backupCodesRemaining: 0,
      };
    },
  };
}
export type MeService = ReturnType<typeof createMe>;
