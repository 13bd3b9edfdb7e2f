import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { DatabaseSync, type SQLInputValue, type StatementSync } from 'node:sqlite';
import { SCHEMA } from './schema.ts';
import { upgrade } from './upgrade.ts';

type Row = Record<string, SQLInputValue>;

/** Writes that nobody is told of (a client's ack came in) may wait this long for company. */
const QUIET_MS = 20;

/**
 * The sandbox's only durable memory. Writes are gathered into one transaction, committed at the end of the turn of the
 * event loop in which somebody waits for it; what is given to `afterCommit` runs when it is safe, so no byte that
 * admits something leaves before it is kept.
 */
export interface Store {
  run(sql: string, ...values: SQLInputValue[]): number;
  all<T = Row>(sql: string, ...values: SQLInputValue[]): T[];
  get<T = Row>(sql: string, ...values: SQLInputValue[]): T | undefined;
  /** Runs at the end of this turn, when everything written so far is committed, in the order given. */
  afterCommit(deed: () => void): void;
  /** Resolves when everything written so far is committed. */
  settled(): Promise<void>;
}

/**
 * What one network keeps its things in. A phone in the middle of something ends it after its network did, and what it
 * would keep then (a session with a device that is no more) would mislead the next network on the same store. So once
 * this is ended, writes are ignored and nothing is found.
 */
export interface NetworkStore extends Store {
  end(): void;
}

/** The store as its owner has it. */
export interface OpenStore extends Store {
  /** The store for one network. */
  forNetwork(): NetworkStore;
  /** Forgets everything but who this network is (its instance id and master seed). */
  clear(): void;
  /** Commits and closes. Sockets may still report their end: after this, writes are ignored and nothing is found. */
  close(): void;
}

function openDatabase(dataDir: string): DatabaseSync {
  mkdirSync(dataDir, { recursive: true, mode: 0o700 });
  const db = new DatabaseSync(join(dataDir, 'sandbox.sqlite'));
  try {
    db.exec('PRAGMA locking_mode=EXCLUSIVE; PRAGMA journal_mode=WAL; PRAGMA synchronous=NORMAL;');
    // A checkpoint is the only thing that waits for the disk: every 32 MB instead of every 4.
    db.exec('PRAGMA wal_autocheckpoint=8000; PRAGMA cache_size=-32000;');
    db.exec(SCHEMA);
    upgrade(db);
    return db;
  } catch (error) {
    db.close();
    const isLocked = error instanceof Error && error.message.includes('locked');
    throw isLocked ? new Error(`another sandbox runs on ${dataDir}`, { cause: error }) : error;
  }
}

/**
 * Opens `<dataDir>/sandbox.sqlite`, creating folder and tables when they are missing. Only one process may: accounts
 * are held in memory, and a second network on the same folder would contradict the first. A commit that fails (the disk
 * is full) is not caught: nothing more may be admitted then.
 */
export function openStore(
  dataDir: string,
  log: (line: string, error: unknown) => void = () => undefined,
): OpenStore {
  const db = openDatabase(dataDir);
  const statements = new Map<string, StatementSync>();
  let writing = false;
  let scheduled = false;
  let closed = false;
  let lazy: NodeJS.Timeout | undefined;
  let deeds: (() => void)[] = [];

  const prepare = (sql: string): StatementSync => {
    let statement = statements.get(sql);
    if (!statement) {
      statement = db.prepare(sql);
      statements.set(sql, statement);
    }
    return statement;
  };
  // What was written is kept whatever becomes of one deed, and the others wait for the same.
  const attempt = (deed: () => void): void => {
    try {
      deed();
    } catch (error) {
      log('what was to follow a commit failed', error);
    }
  };
  const commit = (): void => {
    scheduled = false;
    clearTimeout(lazy);
    lazy = undefined;
    if (writing) db.exec('COMMIT');
    writing = false;
    const due = deeds;
    deeds = [];
    for (const deed of due) attempt(deed);
  };
  const schedule = (): void => {
    if (scheduled) return;
    scheduled = true;
    setImmediate(() => {
      if (scheduled) commit();
    });
  };

  const store: OpenStore = {
    run(sql, ...values) {
      if (closed) return 0;
      if (!writing) db.exec('BEGIN');
      writing = true;
      lazy ??= setTimeout(commit, QUIET_MS);
      return Number(prepare(sql).run(...values).changes);
    },
    all: <T>(sql: string, ...values: SQLInputValue[]) => (closed ? [] : (prepare(sql).all(...values) as T[])),
    get: <T>(sql: string, ...values: SQLInputValue[]) =>
      closed ? undefined : (prepare(sql).get(...values) as T | undefined),
    afterCommit(deed) {
      deeds.push(deed);
      schedule();
    },
    settled: () =>
      new Promise((resolve) => {
        deeds.push(resolve);
        schedule();
      }),
    forNetwork() {
      let ended = false;
      const { afterCommit, settled } = store;
      return {
        ...{ afterCommit, settled },
        run: (...write) => (ended ? 0 : store.run(...write)),
        all: <T>(...asked: [string, ...SQLInputValue[]]) => (ended ? [] : store.all<T>(...asked)),
        get: <T>(...asked: [string, ...SQLInputValue[]]) => (ended ? undefined : store.get<T>(...asked)),
        end() {
          ended = true;
        },
      };
    },
    clear() {
      commit();
      const tables = prepare(
        "SELECT name FROM sqlite_schema WHERE type = 'table' AND name NOT LIKE 'sqlite_%'",
      );
      for (const { name } of tables.all() as { name: string }[]) {
        db.exec(
          name === 'meta'
            ? "DELETE FROM meta WHERE key NOT IN ('instance', 'master')"
            : `DELETE FROM ${name}`,
        );
      }
    },
    close() {
      commit();
      closed = true;
      db.close();
    },
  };
  return store;
}
