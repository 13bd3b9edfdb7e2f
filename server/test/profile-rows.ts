import type { Db } from '../src/platform/db/transaction.ts';
import { newId } from '../src/platform/ids.ts';

/** Whose a profile of {@link insertProfile} is. */
export async function whoseProfile(db: Db, profileId: string) {
  const { organization_id: organizationId } = await db
    .selectFrom('profiles')
    .select('organization_id')
    .where('id', '=', profileId)
    .executeTakeFirstOrThrow();
  return { organizationId, profileId };
}

/** An organization, a workspace and a profile whose lease is held with generation 1, as rows. */
export async function insertProfile(db: Db, engine = 'sandbox'): Promise<string> {
  const at = new Date();
  const [organization, workspace, profile] = [newId(), newId(), newId()];
  const stamps = { created_at: at, updated_at: at };
  await db
    .insertInto('organizations')
    .values({ id: organization, name: 'Bakery', slug: organization, ...stamps })
    .execute();
  await db
    .insertInto('workspaces')
    .values({ id: workspace, organization_id: organization, name: 'Shop', slug: 'shop', ...stamps })
    .execute();
  await db
    .insertInto('profiles')
    .values({
      id: profile,
      organization_id: organization,
      workspace_id: workspace,
      display_name: 'Counter',
      engine,
      message_delay_ms: 0,
      ...stamps,
    })
    .execute();
  await db
    .insertInto('profile_leases')
    .values({
      profile_id: profile,
      node_id: 'node',
      generation: 1,
      expires_at: new Date(at.getTime() + 3_600_000),
    })
    .execute();
  return profile;
}
