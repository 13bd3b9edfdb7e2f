import { BufferJSON, type SignalDataSet, type SignalDataTypeMap, type SignalKeyStore } from 'baileys';
import type { Store } from '../store/sqlite.ts';

/**
 * The keys of one phone. What changes stays in memory until `persist`, so that the caller can write it together with
 * what the change produced.
 */
export class PhoneKeyStore {
  readonly #number: string;
  readonly #store: Store;
  readonly #changed = new Map<string, { type: string; id: string; value: unknown }>();

  constructor(number: string, store: Store) {
    this.#number = number;
    this.#store = store;
  }

  /** A key as it was set last; undefined when there is none. */
  get<T>(type: string, id: string): T | undefined {
    const changed = this.#changed.get(`${type} ${id}`);
    if (changed) return (changed.value ?? undefined) as T | undefined;
    const sql = 'SELECT value FROM phone_keys WHERE number = ? AND type = ? AND id = ?';
    const row = this.#store.get<{ value: string }>(sql, this.#number, type, id);
    return row && (JSON.parse(row.value, BufferJSON.reviver) as T);
  }

  /** Sets a key; null or undefined forgets it. */
  set(type: string, id: string, value: unknown): void {
    this.#changed.set(`${type} ${id}`, { type, id, value });
  }

  /** Forgets every key of a type at once. */
  forgetAll(type: string): void {
    for (const [name, changed] of this.#changed) if (changed.type === type) this.#changed.delete(name);
    this.#store.run('DELETE FROM phone_keys WHERE number = ? AND type = ?', this.#number, type);
  }

  /** Writes what changed since the last call. */
  persist(): void {
    for (const { type, id, value } of this.#changed.values()) {
      const key = [this.#number, type, id] as const;
      if (value === null || value === undefined) {
        this.#store.run('DELETE FROM phone_keys WHERE number = ? AND type = ? AND id = ?', ...key);
      } else {
        const sql = 'INSERT OR REPLACE INTO phone_keys (number, type, id, value) VALUES (?, ?, ?, ?)';
        this.#store.run(sql, ...key, JSON.stringify(value, BufferJSON.replacer));
      }
    }
    this.#changed.clear();
  }

  /** The same keys in the shape that the Signal repository wants. */
  forRepository(): SignalKeyStore {
    return {
      get: <T extends keyof SignalDataTypeMap>(type: T, ids: string[]) => {
        const found: { [id: string]: SignalDataTypeMap[T] } = {};
        for (const id of ids) {
          const value = this.get<SignalDataTypeMap[T]>(type, id);
          if (value) found[id] = value;
        }
        return found;
      },
      set: (data: SignalDataSet) => {
        for (const [type, entries] of Object.entries(data)) {
          for (const [id, value] of Object.entries(entries ?? {})) this.set(type, id, value);
        }
      },
    };
  }
}
