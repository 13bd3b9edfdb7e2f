import { proto } from 'baileys';
import type { Store } from '../store/sqlite.ts';
import type { Collection } from './collections.ts';

const NO_VERSION = 0;
/** One answer carries so many patches and bytes at most; a client asks on for the rest. */
const PATCHES_MAX = 100;
const ANSWER_BYTES_MAX = 512 * 1024;

interface Patch {
  readonly version: number;
  readonly bytes: Buffer;
}

/** Patches that follow a version, in order. */
interface Following {
  readonly patches: Patch[];
  /** More follow after the last of them. */
  readonly more: boolean;
}

/**
 * What people's devices agree on, as patches the network keeps but can't read. Every patch is kept, so that a new
 * companion can begin at version 0 and no snapshot is ever needed.
 */
export class AppState {
  readonly #store: Store;

  constructor(store: Store) {
    this.#store = store;
  }

  /** The version of a collection: how many patches it has; 0 when nobody has written yet. */
  version(number: string, collection: Collection): number {
    const sql = 'SELECT max(version) AS version FROM app_state WHERE number = ? AND collection = ?';
    return this.#store.get<{ version: number | null }>(sql, number, collection)?.version ?? NO_VERSION;
  }

  /** Adds a patch to a collection that is still at version `known`, and gives the new version; undefined when it is not. */
  append(
    number: string,
    collection: Collection,
    known: number,
    patch: proto.ISyncdPatch,
  ): number | undefined {
    if (this.version(number, collection) !== known) return undefined;
    const version = known + 1;
    const bytes = proto.SyncdPatch.encode({ ...patch, version: { version } }).finish();
    const sql = 'INSERT INTO app_state (number, collection, version, patch) VALUES (?, ?, ?, ?)';
    this.#store.run(sql, number, collection, version, bytes);
    return version;
  }

  /** The patches after a version, as many as one answer holds. */
  after(number: string, collection: Collection, version: number): Following {
    const where = 'number = ? AND collection = ? AND version > ?';
    const sql = `SELECT version, patch FROM app_state WHERE ${where} ORDER BY version LIMIT ?`;
    const rows = this.#store.all<{ version: number; patch: Uint8Array }>(
      sql,
      number,
      collection,
      version,
      PATCHES_MAX + 1,
    );
    const patches: Patch[] = [];
    let size = 0;
    for (const row of rows.slice(0, PATCHES_MAX)) {
      size += row.patch.length;
      if (patches.length > 0 && size > ANSWER_BYTES_MAX) break;
      patches.push({ version: row.version, bytes: Buffer.from(row.patch) });
    }
    return { patches, more: patches.length < rows.length };
  }

  /** Forgets everything about a person. */
  clear(number: string): void {
    this.#store.run('DELETE FROM app_state WHERE number = ?', number);
  }
}
