import { type RawBuilder, type SqlBool, sql } from 'kysely';
import { alongTrigrams } from '../../platform/db/along-trigrams.sql.ts';
import { containingFolded, foldedWords, hasTrigram } from '../../platform/db/folded.sql.ts';
import type { Db } from '../../platform/db/transaction.ts';
import { isProfileOf, type Tenancy } from '../../platform/tenancy.ts';
import { asKept, contactNames } from '../contacts/index.ts';

/** What conversations are found by, as their index has it; `conversation` is the name of the row in the statement. */
export const conversationNames = (conversation: string): RawBuilder<string> =>
  foldedWords(
    `${conversation}.organization_id`,
    `coalesce(${conversation}.name, '') || E'\\n' || split_part(${conversation}.chat, '@', 1)`,
  );

/** What is in more of them is found sooner by looking through the newest. */
const hitsMax = 500;
/** Of each profile so many of the newest are looked through for a word too short for the index. */
const newestMax = 2_000;

/**
 * SQL that is true for conversations (`c`) whose name or number contains the words, or that of their person: the few that an
 * index of trigrams names, or else whichever do. A word of less than three letters is looked for among the newest.
 */
export async function foundBy(db: Db, tenancy: Tenancy, search: string): Promise<RawBuilder<SqlBool>> {
  const term = asKept(search.trim());
  const pattern = containingFolded(tenancy.organizationId, term);
  const contains = sql<SqlBool>`(${conversationNames('c')} like ${pattern} or coalesce((
    select ${contactNames('s')} like ${pattern} from contacts s where s.id = c.contact_id), false))`;
  const ids = hasTrigram(term) ? await idsAlong(db, pattern) : await idsOfNewest(db, tenancy, contains);
  return ids ? sql`c.id = any(${ids}::uuid[])` : contains;
}

async function idsOfNewest(db: Db, tenancy: Tenancy, contains: RawBuilder<SqlBool>): Promise<string[]> {
  const { rows } = await sql<{ id: string }>`select c.id from profiles p, lateral (
      select * from conversations where profile_id = p.id
      order by last_message_at desc nulls last, id desc limit ${newestMax}
    ) c where ${isProfileOf(tenancy, 'p')} and ${contains} limit ${newestMax}`.execute(db);
  return rows.map(({ id }) => id);
}

/** Undefined when there are many, or they can't be found quickly. */
async function idsAlong(db: Db, pattern: RawBuilder<string>): Promise<string[] | undefined> {
  const hits = await alongTrigrams(db, async (tx) => {
    const { rows } = await sql<{ id: string | null }>`
      with person as materialized (
        select k.id from contacts k where ${contactNames('k')} like ${pattern} limit ${hitsMax + 1}
      ), hit as materialized (
        select h.id from conversations h where ${conversationNames('h')} like ${pattern} limit ${hitsMax + 1}
      )
      select id from hit
      union select c.id from person p join conversations c on c.contact_id = p.id
      union all select null from person having count(*) > ${hitsMax}`.execute(tx);
    return rows.map(({ id }) => id);
  });
  if (!hits || hits.length > hitsMax) return undefined;
  const ids = hits.filter((id) => id !== null);
  return ids.length === hits.length ? ids : undefined;
}
