import { type RawBuilder, type SqlBool, sql } from 'kysely';
import type { SegmentFilter } from './segments.schema.ts';

/** SQL that is true for contacts (`k`) of a segment; its profile, or null for every one. */
export function inSegment(filter: SegmentFilter, profileId: string | null): RawBuilder<SqlBool> {
  const {
    tags = {},
    fields = [],
    activeSince,
    inactiveSince,
    hasConversation,
    isBlocked,
    isOptedOut,
  } = filter;
  const conditions: RawBuilder<SqlBool>[] = [sql<SqlBool>`true`];
  if (profileId) conditions.push(sql`k.profile_id = ${profileId}`);
  if (tags.all?.length) conditions.push(sql`k.tags @> ${tags.all}::text[]`);
  if (tags.any?.length) conditions.push(sql`k.tags && ${tags.any}::text[]`);
  if (tags.none?.length) conditions.push(sql`not k.tags && ${tags.none}::text[]`);
  for (const { field, is, value = '' } of fields) {
    if (is === 'equal') conditions.push(sql`k.metadata ->> ${field} is not distinct from ${value}::text`);
    else conditions.push(sql`jsonb_exists(k.metadata, ${field}) = ${is === 'exists'}::boolean`);
  }
  if (activeSince) conditions.push(talkedSince(activeSince));
  if (inactiveSince) conditions.push(sql`not ${talkedSince(inactiveSince)}`);
  if (hasConversation !== undefined) {
    conditions.push(
      sql`exists (select from conversations c where c.contact_id = k.id) = ${hasConversation}::boolean`,
    );
  }
  if (isBlocked !== undefined) conditions.push(sql`k.is_blocked = ${isBlocked}`);
  if (isOptedOut !== undefined) conditions.push(sql`${optedOut} = ${isOptedOut}::boolean`);
  return sql`(${sql.join(conditions, sql` and `)})`;
}

const optedOut = sql`exists (select from opt_outs o where o.organization_id = k.organization_id
  and o.chat in (k.phone || '@c.us', k.lid || '@lid') and o.revoked_at is null)`;

const talkedSince = (moment: string): RawBuilder<SqlBool> =>
  sql`exists (select from conversations c
    where c.contact_id = k.id and c.last_message_at >= ${new Date(moment)}::timestamptz)`;
