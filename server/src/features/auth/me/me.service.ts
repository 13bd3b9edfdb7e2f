import type { Actor } from '../../../platform/actor.ts';
import type { AuditLog } from '../../../platform/audit/record.ts';
import type { Clock } from '../../../platform/clock.ts';
import type { Json } from '../../../platform/db/json-column.ts';
import { afterCommit, type Db, inTransaction } from '../../../platform/db/transaction.ts';
import { Failure } from '../../../platform/failures.ts';
import type { TwoFactorStore } from '../two-factor/two-factor.store.ts';
import type { UserRow, UserStore } from '../users.store.ts';

const namesMax = 50;
const nameLengthMax = 64;

/** What others make of preferences. */
export interface PreferenceRules {
  /** Everything that is wrong with those that somebody reads. */
  problemsOf(preferences: Json): { path: string; problem: string }[];
  /** Somebody of the organisation has changed theirs. */
  changed(organizationId: string): void;
}

/** The signed-in person and their preferences. */
export function createMe(deps: {
  db: Db;
  clock: Clock;
  audit: AuditLog;
  store: UserStore;
  preferences: PreferenceRules;
  twoFactor: Pick<TwoFactorStore, 'codesLeft'>;
}) {
  const { db, clock, audit, store, twoFactor, preferences: rules } = deps;

  async function userOf(actor: Actor): Promise<UserRow> {
    const user = await store.userById(actor.userId);
    if (!user) throw new Failure('SESSION_REVOKED');
    return user;
  }

  return {
    async get(actor: Actor) {
      const user = await userOf(actor);
      const organization = await store.organization(user.organization_id);
      return {
        id: user.id,
        organizationId: user.organization_id,
        email: user.email,
        emailVerified: user.email_verified_at !== null,
        name: user.name,
        role: user.role,
        permissions: [...actor.permissions],
        isActive: user.is_active,
        preferences: user.preferences,
        lastLoginAt: user.last_login_at?.toISOString() ?? null,
        createdAt: user.created_at.toISOString(),
        updatedAt: user.updated_at.toISOString(),
        twoFactorEnabled: user.two_factor_enabled,
        organization: {
          id: organization.id,
          name: organization.name,
          slug: organization.slug,
          plan: organization.plan,
          defaultCountry: organization.default_country,
          settings: organization.settings,
          createdAt: organization.created_at.toISOString(),
          updatedAt: organization.updated_at.toISOString(),
        },
        backupCodesRemaining: user.two_factor_enabled ? await twoFactor.codesLeft(user.id) : 0,
      };
    },

    async preferences(actor: Actor): Promise<Json> {
      return (await userOf(actor)).preferences;
    },

    async replacePreferences(actor: Actor, preferences: Json) {
      const details = rules.problemsOf(preferences);
      if (details.length > 0) throw new Failure('VALIDATION_ERROR', { details });
      const names = Object.keys(preferences).slice(0, namesMax);
      await inTransaction(db, async (tx) => {
        await store.replacePreferences(tx, actor.userId, preferences, clock.now());
        await audit.record(tx, actor, {
          action: 'auth.preferences_update',
          resource: { type: 'user', id: actor.userId },
          details: { fields: names.map((name) => name.slice(0, nameLengthMax)) },
        });
        afterCommit(tx, () => rules.changed(actor.organizationId));
      });
      return { success: true };
    },
  };
}
export type MeService = ReturnType<typeof createMe>;
