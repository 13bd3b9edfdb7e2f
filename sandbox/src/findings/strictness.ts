import type { Store } from '../store/sqlite.ts';

/** How strict the network is. Kept across restarts; a reset makes it the default again. */
export interface Strictness {
  /** `strict` refuses what the catalogue says; `lenient` notes it and lets it pass where that is possible. */
  level: 'strict' | 'lenient';
  /** Whether people must be addressed by LID. */
  requireLid: boolean;
  /** How many messages an account may send in a minute; null for no limit. */
  messagesPerMinute: number | null;
  /** Oldest version that may log in, as `2.3000.1015901307`; null for any. */
  minVersion: string | null;
  /** How long after a device came or went a message may still leave it out or be encrypted for it. */
  deviceGraceSeconds: number;
}

const DEFAULT: Strictness = {
  level: 'strict',
  requireLid: false,
  messagesPerMinute: null,
  minVersion: null,
  deviceGraceSeconds: 15,
};

/** The setting, read once and written through. */
export class StrictnessSetting {
  readonly #store: Store;
  #now: Strictness;

  constructor(store: Store) {
    this.#store = store;
    const kept = store.get<{ value: string }>("SELECT value FROM meta WHERE key = 'strictness'");
    this.#now = { ...DEFAULT, ...(kept && (JSON.parse(String(kept.value)) as Partial<Strictness>)) };
  }

  get now(): Strictness {
    return this.#now;
  }

  change(change: Partial<Strictness>): Strictness {
    this.#now = { ...this.#now, ...change };
    const sql = "INSERT OR REPLACE INTO meta (key, value) VALUES ('strictness', ?)";
    this.#store.run(sql, JSON.stringify(this.#now));
    return this.#now;
  }
}
