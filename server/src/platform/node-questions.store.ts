import { sql } from 'kysely';
import type { Db } from './db/transaction.ts';

/** What a node was asked and has not yet read the answer of. Rows live for seconds. */
interface NodeQuestionsTable {
  id: string;
  topic: string;
  profile_id: string;
  /** JSON. */
  question: string;
  asked_at: Date;
  taken_at: Date | null;
  /** JSON; null until it is answered. */
  answer: string | null;
}

declare module './db/tables.ts' {
  interface Tables {
    node_questions: NodeQuestionsTable;
  }
}

/** The only SQL about questions between nodes; all moments are the database's, for clocks of nodes differ. */
export function createQuestionStore(db: Db) {
  return {
    /** Those that nobody has fetched the answer of for so long belong to a process that died. */
    async insert(row: { id: string; topic: string; profileId: string; question: string }): Promise<void> {
      await sql`with old as (delete from node_questions where asked_at < now() - interval '10 minutes')
        insert into node_questions (id, topic, profile_id, question, asked_at)
        values (${row.id}, ${row.topic}, ${row.profileId}, ${row.question}, now())`.execute(db);
    },
    /** Takes a question; undefined when another node has it, or nobody waits for its answer any more. */
    async take(id: string): Promise<{ topic: string; profileId: string; question: string } | undefined> {
      const { rows } = await sql<{ topic: string; profile_id: string; question: string }>`
        update node_questions set taken_at = now() where id = ${id} and taken_at is null
        returning topic, profile_id, question`.execute(db);
      const [row] = rows;
      return row && { topic: row.topic, profileId: row.profile_id, question: row.question };
    },
    async answer(id: string, answer: string): Promise<void> {
      await sql`update node_questions set answer = ${answer} where id = ${id}`.execute(db);
    },
    /** Whether it is answered, at work, or still to be taken. */
    async look(id: string): Promise<{ taken: boolean; answer: string | null } | undefined> {
      const { rows } = await sql<{ taken: boolean; answer: string | null }>`
        select taken_at is not null as taken, answer from node_questions where id = ${id}`.execute(db);
      return rows[0];
    },
    /** Takes it back; false when a node has it. */
    async withdraw(id: string): Promise<boolean> {
      const { rows } = await sql`delete from node_questions where id = ${id} and taken_at is null
        returning id`.execute(db);
      return rows.length > 0;
    },
    async remove(id: string): Promise<void> {
      await sql`delete from node_questions where id = ${id}`.execute(db);
    },
  };
}
