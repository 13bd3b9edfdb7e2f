import { randomBytes } from 'node:crypto';
import type { Store } from '../store/sqlite.ts';

/**
 * `ringing`, then `accepted`, `rejected`, `missed` (nobody answered) or `cancelled` (the caller gave up);
 * an accepted call is `ended` at last.
 */
export type CallStatus = 'ringing' | 'accepted' | 'rejected' | 'missed' | 'cancelled' | 'ended';

/** One call between two people, named by number. Times are unix milliseconds. */
export interface Call {
  readonly id: string;
  readonly caller: string;
  readonly callerDevice: number;
  readonly callee: string;
  readonly video: boolean;
  /** JID of the group that is called; empty when it is one person. */
  readonly group: string;
  /** False when the callee was never told: the caller is blocked or not known. */
  readonly offered: boolean;
  status: CallStatus;
  readonly startedAt: number;
  readonly ringsUntil: number;
  /** Device of the callee that accepted or rejected. */
  answeredBy?: number;
  endedAt?: number;
}

/** A link by which anybody may join a call. */
export interface CallLink {
  token: string;
  media: string;
  createdAt: number;
}

interface CallRow {
  id: string;
  caller: string;
  caller_device: number;
  callee: string;
  video: number;
  group_jid: string;
  offered: number;
  status: CallStatus;
  started_at: number;
  rings_until: number;
  answered_by: number | null;
  ended_at: number | null;
}

const LISTED_MAX = 500;

function fromRow(row: CallRow): Call {
  return {
    id: row.id,
    caller: row.caller,
    callerDevice: row.caller_device,
    callee: row.callee,
    video: row.video === 1,
    group: row.group_jid,
    offered: row.offered === 1,
    status: row.status,
    startedAt: row.started_at,
    ringsUntil: row.rings_until,
    ...(row.answered_by !== null && { answeredBy: row.answered_by }),
    ...(row.ended_at !== null && { endedAt: row.ended_at }),
  };
}

/** Every call and call link of this network. */
export class CallLog {
  readonly #store: Store;

  constructor(store: Store) {
    this.#store = store;
  }

  find(id: string): Call | undefined {
    const row = this.#store.get<CallRow>('SELECT * FROM calls WHERE id = ?', id);
    return row && fromRow(row);
  }

  ringing(): Call[] {
    return this.#store.all<CallRow>("SELECT * FROM calls WHERE status = 'ringing'").map(fromRow);
  }

  /** Newest calls of a person, oldest first. */
  of(number: string): Call[] {
    const sql = 'SELECT * FROM calls WHERE caller = ?1 OR callee = ?1 ORDER BY seq DESC LIMIT ?2';
    return this.#store.all<CallRow>(sql, number, LISTED_MAX).map(fromRow).reverse();
  }

  add(call: Call): void {
    this.#store.run(
      `INSERT INTO calls (id, caller, caller_device, callee, video, group_jid, offered, status, started_at, rings_until)
        VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?)`,
      call.id,
      call.caller,
      call.callerDevice,
      call.callee,
      call.video ? 1 : 0,
      call.group,
      call.offered ? 1 : 0,
      call.status,
      call.startedAt,
      call.ringsUntil,
    );
  }

  /** Writes status, answering device and end of a call back. */
  save({ id, status, answeredBy, endedAt }: Call): void {
    const sql = 'UPDATE calls SET status = ?, answered_by = ?, ended_at = ? WHERE id = ?';
    this.#store.run(sql, status, answeredBy ?? null, endedAt ?? null, id);
  }

  addLink(number: string, media: string): string {
    const token = randomBytes(16).toString('base64url');
    const sql = 'INSERT INTO call_links (token, number, media, created_at) VALUES (?, ?, ?, ?)';
    this.#store.run(sql, token, number, media, Date.now());
    return token;
  }

  links(number: string): CallLink[] {
    const sql =
      'SELECT token, media, created_at AS createdAt FROM call_links WHERE number = ? ORDER BY created_at DESC LIMIT ?';
    return this.#store.all<CallLink>(sql, number, LISTED_MAX).map((row) => ({ ...row }));
  }
}
