import { sql } from 'kysely';
import type { Client } from '../../../test/client.ts';
import type { House } from '../../../test/house.ts';
import type { Tenant } from '../../../test/tenant.ts';
import { newId } from '../../platform/ids.ts';

/** A member of an organisation, signed in. */
export interface Member {
  id: string;
  email: string;
  api: Client;
}

/** A member with the password of the tenant's owner, so that no other hash is needed. */
export async function newMember(house: House, tenant: Tenant, role = 'viewer'): Promise<Member> {
  const id = newId();
  const email = `${id.slice(-12)}@example.org`;
  const { db } = house.database.database;
  await sql`insert into users (id, organization_id, email, password_hash, name, role, created_at, updated_at)
    select ${id}::uuid, organization_id, ${email}, password_hash, 'Member', ${role}, created_at, updated_at from users
    where email = ${tenant.email}`.execute(db);
  return { id, email, api: await signedIn(house, email, tenant.password) };
}

export async function signedIn(house: House, email: string, password: string, userAgent = 'a browser') {
  const answer = await house.api.call(
    'POST',
    '/auth/login',
    { email, password },
    { 'user-agent': userAgent },
  );
  return house.api.as({ authorization: `Bearer ${answer.data.accessToken}` });
}

/** The tables in which a row contains one of the words, as text or in bytes. */
export async function tablesWith(house: House, words: readonly string[]): Promise<string[]> {
  const { db } = house.database.database;
  const forms = words.flatMap((word) => [word, Buffer.from(word).toString('hex')]).map((form) => `%${form}%`);
  const { rows: tables } = await sql<{ schema: string; name: string }>`
    select table_schema as schema, table_name as name from information_schema.tables
    where table_type = 'BASE TABLE' and table_schema not in ('pg_catalog', 'information_schema')`.execute(db);
  const names: string[] = [];
  for (const { schema, name } of tables) {
    const { rows } = await sql`select 1 from ${sql.id(schema, name)} as one
      where one::text ilike any(${forms}::text[]) limit 1`.execute(db);
    if (rows.length > 0) names.push(`${schema}.${name}`);
  }
  return names;
}
