import { type Kysely, sql } from 'kysely';

/**
 * The counts of whole organisations, so that a year of a hundred profiles is read as quickly as of one. Triggers keep them,
 * whoever counts (also nodes of the version before) and whichever profile goes. What is counted is added up here: about a
 * second for a million rows of days.
 */
export async function up(db: Kysely<unknown>): Promise<void> {
  for (const statement of statements) await sql.raw(statement).execute(db);
}

const levels = ['n', 'sent', 'delivered', 'read', 'failed', 'expired', 'cancelled'];
const hours = Array.from({ length: 24 }, (_, hour) => `h${hour}`);

/** A table of counts by profile, and what tells its rows apart beside the profile. */
interface Counted {
  table: string;
  make: string;
  of: string;
  keys: string[];
  counts: string[];
}

const tables: Counted[] = [
  {
    make: `create table organization_days (`,
    ...{ table: 'organization_days', of: 'message_days' },
    ...{ keys: ['day', 'direction', 'type'], counts: [...levels, ...hours] },
  },
  {
    make: `create table organization_response_days (`,
    ...{ table: 'organization_response_days', of: 'response_days' },
    ...{ keys: ['day', 'answered_by', 'hour'], counts: ['n', 'sum_ms'] },
  },
  {
    make: `create table organization_response_times (`,
    ...{ table: 'organization_response_times', of: 'response_times' },
    ...{ keys: ['day', 'answered_by', 'bucket'], counts: ['n'] },
  },
];

const typeOf = (column: string) => ({ day: 'date', hour: 'smallint', bucket: 'smallint' })[column] ?? 'text';

function keeping({ table, make, of, keys, counts }: Counted): string[] {
  const all = ['organization_id', ...keys];
  const sums = (sign: string) => counts.map((count) => `sum(${sign}${count})`).join(', ');
  const insert = (from: string) => `insert into ${table} as d (${[...all, ...counts].join(', ')}) ${from}
    order by ${all.join(', ')}
    on conflict (${all.join(', ')}) do update set ${counts.map((count) => `${count} = d.${count} + excluded.${count}`).join(', ')}`;
  const signed = (from: string, sign: string) =>
    `select ${all.join(', ')}, ${counts.map((count) => `${sign}${count} as ${count}`).join(', ')} from ${from}`;
  const body: Record<string, string> = {
    insert: `${insert(`select ${all.join(', ')}, ${sums('')} from added group by ${all.join(', ')}`)};`,
    update: `${insert(`select ${all.join(', ')}, ${sums('')}
      from (${signed('added', '')} union all ${signed('gone', '-')}) changed group by ${all.join(', ')}`)};`,
    // Locked in their order first: whoever counts locks them so, too.
    delete: `perform from ${table} d join (select distinct ${all.join(', ')} from gone) g using (${all.join(', ')})
        order by ${all.map((key) => `d.${key}`).join(', ')} for update of d;
      update ${table} d set ${counts.map((count) => `${count} = d.${count} - g.${count}`).join(', ')}
      from (select ${all.join(', ')}, ${counts.map((count) => `sum(${count}) as ${count}`).join(', ')} from gone
        group by ${all.join(', ')}) g
      where ${all.map((key) => `d.${key} = g.${key}`).join(' and ')};`,
  };
  const rows: Record<string, string> = {
    insert: 'new table as added',
    update: 'old table as gone new table as added',
    delete: 'old table as gone',
  };
  return [
    `${make}
      organization_id uuid not null references organizations on delete cascade,
      ${keys.map((key) => `${key} ${typeOf(key)} not null`).join(', ')},
      ${counts.map((count) => `${count} bigint not null default 0`).join(', ')},
      primary key (${all.join(', ')})
    )`,
    ...Object.entries(body).flatMap(([when, statements]) => [
      `create function ${table}_${when}() returns trigger language plpgsql as $$ begin ${statements} return null; end $$`,
      `create trigger ${table}_${when} after ${when} on ${of} referencing ${rows[when]}
        for each statement execute function ${table}_${when}()`,
    ]),
    insert(`select ${all.join(', ')}, ${sums('')} from ${of}
      where organization_id in (select id from organizations) group by ${all.join(', ')}`),
  ];
}

// Nobody counts between the triggers and the sums.
const statements = [
  `lock table ${tables.map(({ of }) => of).join(', ')} in share row exclusive mode`,
  ...tables.flatMap(keeping),
];
