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

/** Where what a collection adds up to lies, up to a version. */
interface Snapshot {
  readonly version: number;
  /** A `SyncdSnapshot`'s `ExternalBlobReference`. */
  readonly reference: Buffer;
}

/**
 * What people's devices agree on, as patches the network keeps but can't read. Every patch is kept, so that a new
 * companion can begin at version 0; it is given a snapshot first when the phone has uploaded one.
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

  /** What the patches of a collection add up to, as a phone uploads it; undefined when there are none. */
  whole(number: string, collection: Collection): proto.ISyncdSnapshot | undefined {
    const sql = 'SELECT patch FROM app_state WHERE number = ? AND collection = ? ORDER BY version';
    const patches = this.#store
      .all<{ patch: Uint8Array }>(sql, number, collection)
      .map(({ patch }) => proto.SyncdPatch.decode(patch));
    const last = patches.at(-1);
    if (!last) return undefined;
    const records = new Map<string, proto.ISyncdRecord>();
    for (const { operation, record } of patches.flatMap(({ mutations }) => mutations)) {
      const index = Buffer.from(record?.index?.blob ?? []).toString('base64');
      if (operation === proto.SyncdMutation.SyncdOperation.REMOVE) records.delete(index);
      else if (record) records.set(index, record);
    }
    const { version, snapshotMac: mac, keyId } = last;
    return {
      version: version ?? null,
      records: [...records.values()],
      mac: mac ?? null,
      keyId: keyId ?? null,
    };
  }

  keepSnapshot(number: string, collection: Collection, { version, reference }: Snapshot): void {
    const sql = `INSERT OR REPLACE INTO app_state_whole (number, collection, version, reference)
      VALUES (?, ?, ?, ?)`;
    this.#store.run(sql, number, collection, version, reference);
  }

  snapshot(number: string, collection: Collection): Snapshot | undefined {
    const sql = 'SELECT version, reference FROM app_state_whole WHERE number = ? AND collection = ?';
    const row = this.#store.get<{ version: number; reference: Uint8Array }>(sql, number, collection);
    return row && { version: row.version, reference: Buffer.from(row.reference) };
  }

  /** Forgets everything about a person. */
  clear(number: string): void {
    this.#store.run('DELETE FROM app_state_whole WHERE number = ?', number);
    this.#store.run('DELETE FROM app_state WHERE number = ?', number);
  }
}
