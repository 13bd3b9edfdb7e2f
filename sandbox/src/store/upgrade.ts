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
  // A receipt took the oldest message of its id, whoever had sent it. Empty: from before, whoever sent it.
  `ALTER TABLE queue ADD COLUMN sender TEXT NOT NULL DEFAULT '';`,
  // Wishes for a message again, and who has got what in groups, were kept for ever, too.
  `CREATE TABLE retries_in_order (
    seq INTEGER PRIMARY KEY AUTOINCREMENT, number TEXT NOT NULL, device INTEGER NOT NULL, id TEXT NOT NULL,
    wanting TEXT NOT NULL, wanting_device INTEGER NOT NULL, UNIQUE (number, device, id, wanting, wanting_device)
  );
  INSERT INTO retries_in_order (number, device, id, wanting, wanting_device)
    SELECT number, device, id, wanting, wanting_device FROM retries;
  DROP TABLE retries;
  ALTER TABLE retries_in_order RENAME TO retries;
  CREATE TABLE retry_chats_in_order (
    seq INTEGER PRIMARY KEY AUTOINCREMENT, number TEXT NOT NULL, device INTEGER NOT NULL, id TEXT NOT NULL,
    chat TEXT NOT NULL, UNIQUE (number, device, id)
  );
  INSERT INTO retry_chats_in_order (number, device, id, chat) SELECT number, device, id, chat FROM retry_chats;
  DROP TABLE retry_chats;
  ALTER TABLE retry_chats_in_order RENAME TO retry_chats;
  CREATE TABLE inbox_receipts_in_order (
    seq INTEGER PRIMARY KEY AUTOINCREMENT, number TEXT NOT NULL, id TEXT NOT NULL, member TEXT NOT NULL,
    status TEXT NOT NULL, at INTEGER NOT NULL, UNIQUE (number, id, status, member)
  );
  INSERT INTO inbox_receipts_in_order (number, id, member, status, at)
    SELECT number, id, member, status, at FROM inbox_receipts ORDER BY at;
  DROP TABLE inbox_receipts;
  ALTER TABLE inbox_receipts_in_order RENAME TO inbox_receipts;`,
  // What members call themselves in a group was told to clients and forgotten.
  `ALTER TABLE group_members ADD COLUMN label TEXT NOT NULL DEFAULT '';
  ALTER TABLE group_members ADD COLUMN label_at INTEGER NOT NULL DEFAULT 0;`,
];

/** Brings the tables of an older folder up to date. */
export function upgrade(db: DatabaseSync): void {
  const { user_version: done } = db.prepare('PRAGMA user_version').get() as { user_version: number };
  for (const [index, step] of STEPS.entries()) {
    if (index < done) continue;
    db.exec(`BEGIN; ${step} PRAGMA user_version = ${index + 1}; COMMIT;`);
  }
}
