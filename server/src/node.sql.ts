import type { Client } from 'pg';

/** Every node's session carries its id in its name, where the other nodes see it. */
export const sessionName = 'multiwa-node';

/** Holds the id for as long as the session lives; false when another session has it. */
export async function lock(client: Client, id: string): Promise<boolean> {
  const sql = 'select pg_try_advisory_lock(hashtextextended($1, 7)) as held';
  const answer = await client.query<{ held: boolean }>(sql, [`node ${id}`]);
  return answer.rows[0]?.held === true;
}

/** Shows the id to the other nodes. */
export async function nameSession(client: Client, id: string): Promise<void> {
  await client.query(`select set_config('application_name', $1, false)`, [`${sessionName} ${id}`]);
}

/** Ids of the nodes that share this database. */
export async function whoIsThere(client: Client): Promise<string[]> {
  const answer = await client.query<{ id: string }>({
    // Asked every second.
    name: 'who-is-there',
    text: `select distinct substr(application_name, length($1::text) + 2) as id from pg_stat_activity
      where starts_with(application_name, $1::text || ' ') and datname = current_database()`,
    values: [sessionName],
  });
  return answer.rows.map((row) => row.id);
}
