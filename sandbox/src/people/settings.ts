import type { Store } from '../store/sqlite.ts';

/** What is kept of a person under a name: short texts, or plain data as JSON. */
export class Settings {
  readonly #store: Store;

  constructor(store: Store) {
    this.#store = store;
  }

  get(number: string, name: string): string | undefined {
    const sql = 'SELECT value FROM settings WHERE number = ? AND name = ?';
    return this.#store.get<{ value: string }>(sql, number, name)?.value;
  }

  set(number: string, name: string, value: string): void {
    const sql = 'INSERT OR REPLACE INTO settings (number, name, value) VALUES (?, ?, ?)';
    this.#store.run(sql, number, name, value);
  }

  /** False when there was nothing under this name. */
  drop(number: string, name: string): boolean {
    return this.#store.run('DELETE FROM settings WHERE number = ? AND name = ?', number, name) > 0;
  }

  /** Data that `setData` kept under this name. */
  data<T>(number: string, name: string): T | undefined {
    const text = this.get(number, name);
    return text === undefined ? undefined : (JSON.parse(text) as T);
  }

  setData(number: string, name: string, data: unknown): void {
    this.set(number, name, JSON.stringify(data));
  }

  /** Names that begin with this text, without it. */
  namesAfter(number: string, prefix: string): string[] {
    const sql = 'SELECT name FROM settings WHERE number = ? AND name >= ? AND name < ? ORDER BY name';
    return this.#store
      .all<{ name: string }>(sql, number, prefix, `${prefix}\uffff`)
      .map(({ name }) => name.slice(prefix.length));
  }
}
