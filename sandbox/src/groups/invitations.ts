import { randomBytes } from 'node:crypto';
import type { Store } from '../store/sqlite.ts';
import { nowSeconds } from '../wire/node.ts';
import type { Group } from './group.ts';

/** An invitation for one person, sent as a message when its privacy settings don't let it be added. */
export interface Invitation {
  readonly code: string;
  /** Unix seconds. */
  readonly expiration: number;
}

const VALID_SECONDS = 3 * 86_400;

/** Personal invitations to groups: who made which for whom, and until when. */
export class Invitations {
  readonly #store: Store;

  constructor(store: Store) {
    this.#store = store;
  }

  /** Makes an invitation for one person. Those that have expired are of no use to anybody and go. */
  issue(group: Group, admin: string, invitee: string): Invitation {
    this.#store.run('DELETE FROM group_invites WHERE expires_at <= ?', nowSeconds());
    const code = randomBytes(12).toString('base64url').slice(0, 16);
    const expiration = nowSeconds() + VALID_SECONDS;
    this.#store.run(
      'INSERT INTO group_invites (code, group_id, admin, invitee, expires_at) VALUES (?, ?, ?, ?, ?)',
      ...[code, group.id, admin, invitee, expiration],
    );
    return { code, expiration };
  }

  /** Uses an invitation up; gives the admin's number, undefined when it was for somebody else, was revoked or has expired. */
  redeem(group: Group, code: string, invitee: string): string | undefined {
    const where = 'code = ? AND group_id = ? AND invitee = ? AND expires_at > ?';
    const values = [code, group.id, invitee, nowSeconds()] as const;
    const row = this.#store.get<{ admin: string }>(
      `SELECT admin FROM group_invites WHERE ${where}`,
      ...values,
    );
    if (row) this.#store.run('DELETE FROM group_invites WHERE code = ?', code);
    return row?.admin;
  }

  /** Ends every invitation of a person to this group. */
  revoke(group: Group, invitee: string): void {
    this.#store.run('DELETE FROM group_invites WHERE group_id = ? AND invitee = ?', group.id, invitee);
  }
}
