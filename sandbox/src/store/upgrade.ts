import type { DatabaseSync } from 'node:sqlite';

/**
 * What older folders need, in order; each is done once. A table that changes is made anew beside the old one, which is
 * then emptied into it.
 */
const STEPS = [
  // Ids of accepted messages were kept for ever and had no order by which the oldest could go.
  `CREATE TABLE accepted_in_order (
    seq INTEGER PRIMARY KEY AUTOINCREMENT, number TEXT NOT NULL, device INTEGER NOT NULL, id TEXT NOT NULL,
    UNIQUE (number, device, id)
  );
  INSERT INTO accepted_in_order (number, device, id) SELECT number, device, id FROM accepted;
  DROP TABLE accepted;
  ALTER TABLE accepted_in_order RENAME TO accepted;`,
];

/** Brings the tables of an older folder up to date. */
export function upgrade(db: DatabaseSync): void {
  const { user_version: done } = db.prepare('PRAGMA user_version').get() as { user_version: number };
  for (const [index, step] of STEPS.entries()) {
    if (index < done) continue;
    db.exec(`BEGIN; ${step} PRAGMA user_version = ${index + 1}; COMMIT;`);
  }
}
