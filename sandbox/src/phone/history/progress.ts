import { proto } from 'baileys';
import type { Device } from '../../accounts/account.ts';
import { Part } from '../../part.ts';
import type { Store } from '../../store/sqlite.ts';
import type { HistoryRows } from './rows.ts';

/** What a new companion is told, in this order. */
export type Phase = 'key' | 'bootstrap' | 'names' | 'mappings' | 'statuses' | 'recent' | 'full';

/** How far a companion has come. */
export interface Progress {
  readonly phase: Phase;
  /** Pieces of this phase told so far. */
  readonly chunk: number;
  /** Messages younger than this sequence number are no history: they reach the companion themselves. */
  readonly newestSeq: number;
  /** The oldest message told so far. */
  readonly timestamp: number;
  readonly seq: number;
  readonly sent: number;
  readonly total: number;
}

interface ProgressRow extends Omit<Progress, 'newestSeq'> {
  readonly newest_seq: number;
}

interface ProgressBookDeps {
  readonly store: Store;
  readonly rows: HistoryRows;
}

/** Keeps how far each companion's first sync has come, so that it goes on there after a disconnect or a crash. */
export class ProgressBook extends Part<ProgressBookDeps> {
  /** Where a companion is; the beginning when it has been told nothing yet. */
  read({ number, device }: Device): Progress {
    const sql = 'SELECT * FROM history_sync WHERE number = ? AND device = ?';
    const row = this.deps.store.get<ProgressRow>(sql, number, device);
    if (row) return { ...row, newestSeq: row.newest_seq };
    const begin = { phase: 'key', chunk: 0, timestamp: Number.MAX_SAFE_INTEGER, seq: 0, sent: 0 } as const;
    return { ...begin, ...this.deps.rows.extent(number) };
  }

  write({ number, device }: Device, progress: Progress): void {
    const { phase, chunk, newestSeq, timestamp, seq, sent, total } = progress;
    const sql = `INSERT OR REPLACE INTO history_sync (number, device, phase, chunk, newest_seq, timestamp, seq, sent, total)
      VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)`;
    this.deps.store.run(sql, number, device, phase, chunk, newestSeq, timestamp, seq, sent, total);
  }

  remove({ number, device }: Device): void {
    this.deps.store.run('DELETE FROM history_sync WHERE number = ? AND device = ?', number, device);
  }

  /** Whether the companion asked, when it was linked, for the whole past and not only its recent part. */
  wantsAll({ number, device }: Device): boolean {
    const sql = 'SELECT props FROM device_props WHERE number = ? AND device = ?';
    const row = this.deps.store.get<{ props: Uint8Array }>(sql, number, device);
    return row !== undefined && proto.DeviceProps.decode(row.props).requireFullSync === true;
  }
}
